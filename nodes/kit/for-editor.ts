/** What a node hands to its dialog in the editor, such as the ranges of its numbers: settings of the node, by name. */
export function forEditor(values: Readonly<Record<string, unknown>>) {
  const settings = Object.entries(values).map(([name, value]) => [name, { value, exportable: true }]);
  return { settings: Object.fromEntries(settings) };
}
