/** The first setting of a node that makes no sense: all settings are refused by it, in the words of the node's catalogue. */
export class SettingsProblem extends Error {
  override readonly name = "SettingsProblem";

  /**
   * @param code names the text that says what is wrong
   * @param details what the text mentions, such as the ends of a range
   * @param field the setting as its dialog calls it, where the text names it
   */
  constructor(
    readonly code: string,
    readonly details: Readonly<Record<string, string | number | undefined>> = {},
    readonly field = "",
  ) {
    super(field ? `${field}: ${code}` : code);
  }
}
