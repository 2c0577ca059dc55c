/** One process a run folder: two that play the same evaluation would throw away each other's episodes. */
import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../core/index.js';

const LOCK_FILE = 'running.lock';

/** Takes the lock of a folder; one that a killed process left is taken over. Rejects with `record` where it is held. */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const path = join(folder, LOCK_FILE);
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await writeNew(path)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    const holder = await readFile(path, 'utf8').catch(() => '');
    const [pid = '', start = ''] = holder.trim().split(' ');
    if (pid !== '' && startOf(Number(pid)) === start) throw held(path, pid);
    await rm(path, { force: true });
  }
  throw held(path, 'another one');
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

/**
 * What tells a process from a later one with the same number: its start time where the system shows it in /proc, else
 * only that it runs. Undefined where there is no such process.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; after it the state is field 3 and the start time field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return undefined;
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
