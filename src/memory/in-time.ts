/** No answer came in the time that there was for it. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** @throws NoAnswer when the time is over; the answer may still come */
export function inTime<R>(answer: Promise<R>, ms: number): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer(`The store gave no answer within ${ms} ms.`)), ms);
    timer.unref();
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
