/** A row of an evaluation as a worker plays it: one policy, many episodes in one batch, handed out one by one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpisodeEnd, EpisodeObserver } from '../agent/index.js';
import { AgentError, ownTag, sweepBy, taggedFolder } from '../core/index.js';
import { type EntryOptions, type PlannedSeed, playEntry, type SeedSource } from '../evaluation/index.js';
import { MANIFEST_FILE, STEPS_FILE } from '../record/index.js';

/** Plays the episodes of one row; several at a time. */
export interface RowPlayer extends AsyncDisposable {
  /** The parts of an episode's answer. Rejects with `cancelled` where it was ended before its end. */
  play(seed: number): Promise<readonly Uint8Array[]>;
  /** Ends what is being played. */
  cancel(): void;
}

/** Sees an episode for more than its record. */
export interface EpisodeWatch {
  readonly observer: EpisodeObserver;
  /** Of the answer, behind the record's; asked for when the episode is over. */
  parts(): readonly Uint8Array[];
}

type Waiting = PlannedSeed & { readonly over: EpisodeObserver };

export class EntryPlayer implements RowPlayer {
  readonly #stop = new AbortController();
  readonly #waiting: Waiting[] = [];
  /** Of episodes that are not over. */
  readonly #open = new Set<EpisodeObserver>();
  readonly #played: Promise<unknown>;
  #count = 0;
  #wake: () => void = () => {};
  #isClosed = false;
  /** Why nothing can be played any more. */
  #trouble: unknown;

  /**
   * @param scratch a folder of its own for records until they are sent; removed at its end
   * @param watch what else is sent of an episode, which has this id while it is played
   */
  constructor(
    options: Omit<EntryOptions, 'seeds' | 'signal' | 'folderOf' | 'watch'>,
    private readonly scratch: string,
    private readonly onEnd: () => Promise<void>,
    private readonly watch?: (id: string, seed: number) => EpisodeWatch,
  ) {
    const seeds: SeedSource = { take: (most, mayWait) => this.#take(most, mayWait) };
    this.#played = playEntry({ ...options, seeds, signal: this.#stop.signal }).catch((error: unknown) => {
      this.#trouble = error;
      for (const { over } of this.#waiting.splice(0)) over.onEnd?.({ status: 'failed', error } as EpisodeEnd);
    });
    // What was taken up in the moment of the end and never begun: nobody shall wait for it.
    void this.#played.then(() => {
      for (const over of this.#open) over.onEnd?.({ status: 'cancelled' } as EpisodeEnd);
    });
  }

  async play(seed: number): Promise<readonly Uint8Array[]> {
    if (this.#trouble !== undefined) throw this.#trouble;
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    const id = `${seed}-${this.#count++}`;
    const folder = join(this.scratch, id);
    const { promise, observer: over } = endOf();
    const watch = this.watch?.(id, seed);
    this.#open.add(over);
    this.#waiting.push({ id, seed, folder, over, observers: [...(watch ? [watch.observer] : []), over] });
    this.#wake();
    try {
      const { status, error } = await promise;
      if (status === 'cancelled') throw new AgentError('cancelled', 'the worker is ending');
      // Also a failed episode has a record; without one the worker is what failed.
      if (this.#trouble !== undefined) throw error ?? this.#trouble;
      const names = [MANIFEST_FILE, STEPS_FILE];
      const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
      return [...files, ...(watch?.parts() ?? [])];
    } finally {
      this.#open.delete(over);
      await rm(folder, { recursive: true, force: true });
    }
  }

  cancel(): void {
    this.#stop.abort(new AgentError('cancelled', 'the worker is ending'));
    for (const { over } of this.#waiting.splice(0)) over.onEnd?.({ status: 'cancelled' } as EpisodeEnd);
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#played;
    await this.onEnd();
    await rm(this.scratch, { recursive: true, force: true });
  }

  async #take(most: number, mayWait: boolean): Promise<readonly Waiting[]> {
    while (mayWait && this.#waiting.length === 0 && !this.#isClosed && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#waiting.splice(0, most);
  }
}

const SCRATCH = 'agent-worker-';

/** A folder for records on their way; those of killed workers go. */
export async function scratchFolder(): Promise<string> {
  await sweepBy(tmpdir(), taggedFolder(SCRATCH));
  return await mkdtemp(join(tmpdir(), `${SCRATCH}${ownTag()}-`));
}

function endOf(): { readonly promise: Promise<EpisodeEnd>; readonly observer: EpisodeObserver } {
  let resolve: (end: EpisodeEnd) => void = () => {};
  const promise = new Promise<EpisodeEnd>((settle) => {
    resolve = settle;
  });
  return { promise, observer: { onEnd: (end) => resolve(end) } };
}
