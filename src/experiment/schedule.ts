/** Jobs side by side, in order, each when what it needs is there. */

export interface Scheduled {
  /** Its name among all. */
  readonly folder: string;
}

/**
 * Does all jobs, `workers` at a time, always the first that may begin. A job waits for the one that it needs; where
 * that one does not come to its end, it is not begun at all. Never rejects: `work` says for itself how it went.
 * @param needs the folder of the job that must be done first; undefined of none.
 * @param work resolves to whether the job is done.
 */
export async function schedule<T extends Scheduled>(
  jobs: readonly T[],
  workers: number,
  { needs, work, signal }: { needs(job: T): string | undefined; work(job: T): Promise<boolean>; signal: AbortSignal },
): Promise<void> {
  const waiting = [...jobs];
  const open = new Set(jobs.map(({ folder }) => folder));
  const running = new Set<Promise<void>>();
  const mayBegin = (job: T): boolean => !open.has(needs(job) ?? '');
  while (!signal.aborted) {
    const next = waiting.findIndex(mayBegin);
    const job = waiting[next];
    if (job === undefined || running.size >= workers) {
      if (running.size === 0) return;
      await Promise.race(running);
      continue;
    }
    waiting.splice(next, 1);
    const doing: Promise<void> = work(job).then((isDone) => {
      // What is not done stays open, and who needs it waits in vain.
      if (isDone) open.delete(job.folder);
      running.delete(doing);
    });
    running.add(doing);
  }
  await Promise.all(running);
}
