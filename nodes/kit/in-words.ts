/**
 * An error as Node-RED's debug sidebar shows it whole: of an Error it makes an object, folded, with the beginning of each
 * text; a text stands there as it is. What nobody has foreseen stays an Error, since its stack is needed.
 */
export function inWords(error: unknown): Error | undefined {
  return error instanceof Error && error.name === "Error" ? (error.message as never) : (error as Error | undefined);
}
