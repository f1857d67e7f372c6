import type { Node } from "node-red";
import type { Say } from "../../src/message/say";
import { throttle } from "./throttle";

/** What stands under a node. */
type Look = Exclude<Parameters<Node["status"]>[0], string>;

/** A status that tells of the newest of what a node has done. */
export interface NewestStatus<News> {
  /** What it tells of; undefined where nothing has come since the start, an error or a command. */
  readonly newest: News | undefined;
  /** At once where it is the first, else when it is due. */
  tell(news: News): void;
  /** A message was refused. */
  failed(): void;
  /** What was told of is over: shows something else until there is news. */
  clear(look: Look): void;
}

/**
 * @param say the node's own texts: Node-RED translates a key in its editor only, a status node or a dashboard would show it
 * @param look what the status says of the news
 */
export function newestStatus<News>(node: Node, say: Say, look: (news: News) => Look): NewestStatus<News> {
  let newest: News | undefined;
  let failing = false;
  const status = throttle(node, () => {
    if (newest !== undefined) node.status(look(newest));
  });
  return {
    get newest() {
      return newest;
    },
    tell(news) {
      const isFirst = newest === undefined;
      newest = news;
      failing = false;
      if (isFirst) status.now();
      else status.soon();
    },
    failed() {
      if (!failing) node.status({ fill: "red", shape: "ring", text: say("status.error") });
      failing = true;
      newest = undefined;
    },
    clear(other) {
      newest = undefined;
      node.status(other);
    },
  };
}
