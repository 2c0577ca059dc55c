/** The page beside a game that is played: to follow it, or for the person who plays it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Person } from '../../players/index.js';
import type { Console } from './console.js';

export interface GameView extends AsyncDisposable {
  /** Who plays as `human`; missing where nobody shall. */
  readonly person?: Person;
  /** The game is over; resolves when the last page is closed, or with the signal. */
  over(): Promise<void>;
}

export interface GameViewOptions {
  /** Whether a page was asked for. */
  readonly view?: boolean | undefined;
  /** Who plays, as the user named them. */
  readonly policies: readonly (string | undefined)[];
  /** Folder of the records; runs/ where left out. */
  readonly out?: string | undefined;
}

/** A page that was just closed may only have been loaded again. */
const CLOSED_AFTER_MS = 2000;

/** Undefined where no page was asked for and no person plays. Rejects as `startView`. */
export async function openGameView(
  { view, policies, out }: GameViewOptions,
  output: Console,
  signal: AbortSignal,
): Promise<GameView | undefined> {
  const folder = resolve(out ?? projectPaths.runs);
  const isPerson = policies.some((policy) => policy !== undefined && /^([^=]*=)?human$/.test(policy.trim()));
  if (isPerson) return seatedView(folder, output, signal);
  return view ? followingView(folder, output, signal) : undefined;
}

/** A person's keys and pictures go through this very process: they must not wait. */
async function seatedView(folder: string, output: Console, signal: AbortSignal): Promise<GameView> {
  const { RunList, Seat, startView } = await import('../../view/index.js');
  const seat = new Seat();
  const server = await startView({ list: new RunList([folder], { mayCome: true }), seat });
  output.note(`play at ${server.url}#/play`);
  return {
    person: seat,
    over: () => untilClosed(() => server.watching.count, signal),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Resolves when no page has been open for a while. */
export async function untilClosed(pages: () => number, signal: AbortSignal): Promise<void> {
  const step = 100;
  for (let closed = 0; closed < CLOSED_AFTER_MS && !signal.aborted; closed = pages() === 0 ? closed + step : 0) {
    await sleep(step, undefined, { signal }).catch(() => {});
  }
}

/**
 * A process of its own reads the record as it grows, and so takes nothing of the game's process; it is also the last to
 * get the processor's time.
 */
async function followingView(folder: string, output: Console, signal: AbortSignal): Promise<GameView> {
  const [script = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, script, 'view', folder, '--beside'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const url = await firstLine(child);
  output.note(`follow the game at ${url}#/live`);
  return {
    over: async () => {
      // The end of what it reads tells the process that the game is over.
      child.stdin?.end();
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', stop);
      if (child.exitCode === null) stop();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    lines.on('line', (line) => done(line.trim()));
    child.once('error', failed);
    child.once('close', () => {
      failed(
        new AgentError('setup', 'the page beside the game did not start', {
          expected: 'agent view to listen on this machine',
          next: 'agent view runs/ says why',
        }),
      );
    });
  });
}
