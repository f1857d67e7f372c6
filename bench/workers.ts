import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/**
 * Runs jobs side by side in worker threads of the same file, at most one per core, and shows how many are done.
 *
 * @param file the benchmark's own `__filename`
 * @param jobs plain data, one object per job
 * @returns the results, in the order of the jobs
 */
export async function runJobs<Job, Result>(file: string, jobs: readonly Job[]): Promise<Result[]> {
  const results: Result[] = new Array(jobs.length);
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (let index = next++; index < jobs.length; index = next++) {
      results[index] = await new Promise<Result>((resolve, reject) => {
        const worker = new Worker(file, { workerData: jobs[index], argv: process.argv.slice(2) });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      done += 1;
      process.stderr.write(`\r${done} of ${jobs.length} `);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, lane));
  process.stderr.write("\n");
  return results;
}

/** In a worker thread: does the job that it was given and answers with the result. */
export function answerJob<Job, Result>(work: (job: Job) => Result): void {
  if (!isMainThread) parentPort?.postMessage(work(workerData));
}
