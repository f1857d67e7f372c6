/** A table as HTML; so are heads and cells. */

/** @param kind class of the table */
export function table(heads: readonly string[], rows: readonly string[], kind?: string): string {
  return `<table${classOf(kind)}><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** @param kind class of the row */
export function row(head: string, cells: readonly string[], kind?: string): string {
  return `<tr${classOf(kind)}><th>${head}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function classOf(kind: string | undefined): string {
  return kind === undefined ? "" : ` class="${kind}"`;
}
