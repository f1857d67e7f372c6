/** Tries something again: each time later than before, until it has helped. */
export class Retry {
  private timer: NodeJS.Timeout | undefined;
  private delay: number;
  private isOver = false;

  /**
   * @param first ms until it is tried again the first time
   * @param longest ms
   */
  constructor(
    private readonly first: number,
    private readonly longest: number,
    private readonly act: () => void,
  ) {
    this.delay = first;
  }

  later(): void {
    if (this.timer || this.isOver) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.act();
    }, this.delay);
    this.timer.unref();
    this.delay = Math.min(2 * this.delay, this.longest);
  }

  helped(): void {
    this.delay = this.first;
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }
}
