/** Properties of a message that the nodes of this pack read: a forecast put there would break the flow behind. */
export const OWN_PROPERTIES: readonly string[] = [
  "topic",
  "timestamp",
  "reading",
  "observed",
  "quality",
  "scored",
  "tuning",
  "forecast",
  "command",
  "reset",
];
