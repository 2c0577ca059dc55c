/** One process a run folder: two that play the same evaluation would throw away each other's episodes. */
import { join } from 'node:path';
import { lockForProcess, sweepFolder } from '../core/index.js';

/**
 * Takes the lock of a folder, and clears away what a killed process left, its lock too. Rejects with `record` where it
 * is held.
 */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const lock = await lockForProcess(join(folder, 'running.lock'), {
    code: 'record',
    message: 'this evaluation is running',
    expected: 'one process a run folder',
    next: 'wait for it, end it, or name another folder with --out',
  });
  await sweepFolder(folder);
  return lock;
}
