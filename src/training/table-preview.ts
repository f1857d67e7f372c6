import type { TableFormat } from "../table/table-format";
import { type TableRead, TrainingJob } from "./training-job";

/** One that takes longer is given up, ms. */
const PATIENCE = 120_000;
/** So many are read at once. */
const MOST = 2;

/** Tables that are read only to show how they are understood. */
export class TablePreviews {
  private reading = 0;

  /** Whether as many are being read as may be at once. */
  get areMany(): boolean {
    return this.reading >= MOST;
  }

  /**
   * Reads the table in a file.
   *
   * @throws JobFailed
   */
  async read(path: string, zone: string, format: Partial<TableFormat>): Promise<TableRead> {
    this.reading++;
    const job = new TrainingJob({ path, zone, format });
    const timer = setTimeout(() => job.close(), PATIENCE);
    try {
      return await job.read();
    } finally {
      this.reading--;
      clearTimeout(timer);
      job.close();
    }
  }
}
