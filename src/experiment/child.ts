/** One command of `agent` in a process of its own, which ends with this one, however this one ends. */
import { spawn } from 'node:child_process';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, readText, startOf } from '../core/index.js';
import { keepPriority } from '../core/keep-priority.js';
import { projectRoot } from '../core/project-paths.js';

/** Runs what is built: sources that change during an experiment must not change its later jobs. */
const COMMAND = join(projectRoot, 'scripts', 'command.mjs');
/** The process that works in a job's folder: its number and start. */
const PROCESS_FILE = 'process';
export const LOG_FILE = 'log.txt';
/** A killed process is gone within this time, or something is wrong with the machine. */
const GONE_MS = 10_000;

export interface CommandEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last error that it told; else its last line. */
  readonly lastLine: string;
}

/** Runs one command line of `agent` for the job of a folder. A cancelled one is asked to end, and saves what it has. */
export type RunCommand = (args: readonly string[], folder: string, signal: AbortSignal) => Promise<CommandEnd>;

/** On one thread; what it says is added to the log of the folder. Rejects where no process can be started. */
export const runAgent: RunCommand = async (args, folder, signal) => {
  await endLeftOver(folder);
  const log = await open(join(folder, LOG_FILE), 'a');
  try {
    const { size } = await log.stat();
    await log.write(`$ agent ${args.join(' ')}\n`);
    // The channel closes with this process, and main.ts ends the child then. A session of its own: a terminal's Ctrl-C
    // is for this process alone, which passes it on once.
    const child = spawn(process.execPath, [...process.execArgv, COMMAND, ...args, '--quiet'], {
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
      env: { ...process.env, NO_COLOR: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' },
    });
    const ended = new Promise<Omit<CommandEnd, 'lastLine'>>((done, fail) => {
      child.once('exit', (exitCode, signal) => done({ exitCode, signal }));
      child.once('error', fail);
    });
    keepPriority(child.pid);
    const stop = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await writeFile(join(folder, PROCESS_FILE), `${child.pid} ${startOf(child.pid ?? 0) ?? ''}\n`);
      const end = await ended;
      return { ...end, lastLine: lastErrorIn((await readText(join(folder, LOG_FILE))).slice(size)) };
    } finally {
      signal.removeEventListener('abort', stop);
      await rm(join(folder, PROCESS_FILE), { force: true });
    }
  } finally {
    await log.close();
  }
};

/** Ends the process that a killed experiment left in a job's folder, if it is still there. */
async function endLeftOver(folder: string): Promise<void> {
  const text = await readText(join(folder, PROCESS_FILE)).catch(() => '');
  const [pid = '', start = ''] = text.trim().split(' ');
  if (pid === '' || start === '') return;
  const deadline = Date.now() + GONE_MS;
  while (startOf(Number(pid)) === start) {
    if (Date.now() > deadline) {
      throw new AgentError('training', 'a process of an earlier start still works on this job', {
        got: `process ${pid}`,
        where: folder,
        next: 'end it, then start the same command again',
      });
    }
    process.kill(Number(pid), 'SIGKILL');
    await sleep(50);
  }
}

/** The last line that tells an error, without its mark; else the last line at all. */
export function lastErrorIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('$ agent '));
  const error = lines.findLast((line) => line.startsWith('error: '));
  return (error?.slice('error: '.length) ?? lines.at(-1) ?? '').trim();
}
