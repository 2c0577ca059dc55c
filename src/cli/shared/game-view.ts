/** The page beside a game that is played: to follow it, or for the person who plays it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Person } from '../../players/index.js';
import type { Seat, ViewServer } from '../../view/index.js';
import type { Console } from './console.js';

export interface GameView extends AsyncDisposable {
  /** Who plays as `human`: the page is opened when their first episode begins. */
  readonly person: Person;
  /** The game is over; resolves when the last page is closed, or with the signal. */
  over(): Promise<void>;
}

export interface GameViewOptions {
  /** Whether a page to follow the game in was asked for. */
  readonly view?: boolean | undefined;
  /** Folder of the records; runs/ where left out. */
  readonly out?: string | undefined;
}

/** What a game beside which it runs leaves over: the lowest there is. */
const LOW_PRIORITY = 19;

/** A page that was just closed may only have been loaded again. */
const CLOSED_AFTER_MS = 2000;

/** What a game needs of pages. Rejects as `startView` where one to follow it was asked for. */
export async function openGameView(
  { view, out }: GameViewOptions,
  output: Console,
  signal: AbortSignal,
): Promise<GameView> {
  const folder = resolve(out ?? projectPaths.runs);
  const person = new SeatedPerson(folder, output, signal);
  const following = view ? await followingView(folder, output, signal) : undefined;
  return {
    person,
    over: async () => {
      await Promise.all([person.over(), following?.over()]);
    },
    [Symbol.asyncDispose]: async () => {
      await person[Symbol.asyncDispose]();
      await following?.[Symbol.asyncDispose]();
    },
  };
}

/** A person's keys and pictures go through this very process: they must not wait. */
class SeatedPerson implements Person, AsyncDisposable {
  #opened: Promise<Opened> | undefined;

  constructor(
    private readonly folder: string,
    private readonly output: Console,
    private readonly signal: AbortSignal,
  ) {}

  async begin(start: Parameters<Person['begin']>[0]): Promise<void> {
    await (await this.#open()).seat.begin(start);
  }

  async move(...moment: Parameters<Person['move']>): ReturnType<Person['move']> {
    return (await this.#open()).seat.move(...moment);
  }

  async end(): Promise<void> {
    await (await this.#opened)?.seat.end();
  }

  async over(): Promise<void> {
    const opened = await this.#opened;
    if (opened) await untilClosed(() => opened.server.watching.count, this.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.server[Symbol.asyncDispose]();
  }

  #open(): Promise<Opened> {
    this.#opened ??= openSeat(this.folder, this.output);
    return this.#opened;
  }
}

interface Opened {
  readonly seat: Seat;
  readonly server: ViewServer;
}

async function openSeat(folder: string, output: Console): Promise<Opened> {
  const { RunList, Seat, startView } = await import('../../view/index.js');
  const seat = new Seat();
  const server = await startView({ list: new RunList([folder], { mayCome: true }), seat });
  output.note(`play at ${server.url}#/play`);
  return { seat, server };
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
async function followingView(folder: string, output: Console, signal: AbortSignal): Promise<Omit<GameView, 'person'>> {
  const [script = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, script, 'view', folder, '--beside'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // From its first moment on: Linux gives a priority to threads, and those that decode pictures are begun early.
  if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
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
