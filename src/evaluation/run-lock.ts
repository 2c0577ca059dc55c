/** One process a run folder: two that play the same evaluation would throw away each other's episodes. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, readText, startOf, sweepFolder } from '../core/index.js';

const LOCK_FILE = 'running.lock';

/**
 * Takes the lock of a folder, and clears away what a killed process left, its lock too. Rejects with `record` where it
 * is held.
 */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const path = join(folder, LOCK_FILE);
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await writeNew(path)) {
      await sweepFolder(folder);
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    }
    const holder = await readText(path).catch(() => '');
    const [pid = '', start = ''] = holder.trim().split(' ');
    if (pid !== '' && startOf(Number(pid)) === start) throw held(path, pid);
    await remove(path);
  }
  throw held(path, 'another one');
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new AgentError('record', 'the lock of the evaluation cannot be taken', {
      expected: 'a file that this command makes and removes, or nothing',
      got: (error as Error).message,
      where: path,
      next: 'move it away',
      cause: error,
    });
  }
}

async function writeNew(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(`${process.pid} ${startOf(process.pid)}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function held(path: string, pid: string): AgentError {
  return new AgentError('record', 'this evaluation is running', {
    expected: 'one process a run folder',
    got: `process ${pid} has it`,
    where: path,
    next: 'wait for it, end it, or name another folder with --out',
  });
}
