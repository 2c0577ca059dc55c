/** A file that one process holds. Who it is stands in the file, so that what a killed process left is taken at once. */
import { rm, writeFile } from 'node:fs/promises';
import { AgentError, type ErrorCode } from './errors.js';
import { startOf } from './process-identity.js';
import { readText } from './read-file.js';
import { inWords } from './system-error.js';

/** What a lock keeps to one process, for the errors of those who come second. */
export interface Locked {
  readonly code: ErrorCode;
  /** Such as `this evaluation is running`. */
  readonly message: string;
  readonly expected: string;
  readonly next: string;
}

/** Takes the lock, or that of a process that is gone; disposing gives it free. Rejects with `code` where it is held. */
export async function lockForProcess(path: string, locked: Locked): Promise<AsyncDisposable> {
  let holder = 'another one';
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await writeNew(path)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    const [pid = '', start = ''] = (await readText(path).catch(() => '')).trim().split(' ');
    if (pid !== '' && startOf(Number(pid)) === start) {
      holder = pid;
      break;
    }
    await remove(path, locked.code);
  }
  const { code, message, expected, next } = locked;
  throw new AgentError(code, message, { expected, got: `process ${holder} has it`, where: path, next });
}

async function remove(path: string, code: ErrorCode): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new AgentError(code, 'the lock cannot be taken', {
      expected: 'a file that this command makes and removes, or nothing',
      got: inWords(error),
      where: path,
      next: 'move it away',
      cause: error,
    });
  }
}

async function writeNew(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid} ${startOf(process.pid)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
