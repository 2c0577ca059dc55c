/** One episode that is looked at: its record is read, its pictures are played, and whoever looks is told how far. */

import { setTimeout as sleep } from 'node:timers/promises';
import { splitSighted } from '../agent/index.js';
import { inWords, isAgentError } from '../core/index.js';
import { actionNamer, sightsOf } from '../record/game-facts.js';
import { type EpisodeRecord, openRecord, type StepLine } from '../record/index.js';
import type { EnvFactory } from '../replay/index.js';
import { Demand } from './demand.js';
import { EpisodeLines } from './episode-lines.js';
import { LivePicture } from './live-picture.js';
import { PictureStore } from './picture-store.js';
import { PromptOfRecord } from './prompt-of-record.js';
import type { DecisionDetail, Progress, Series } from './protocol.js';
import { growthOf, isGrowing } from './record-growth.js';
import { type GivenView, givenOf, ReplayedPictures } from './replayed-pictures.js';

/** How often the newest picture of a game is looked for. */
const LIVE_LOOK_MS = 200;

export class OpenEpisode implements AsyncDisposable {
  readonly #ended = new AbortController();
  readonly #lines: EpisodeLines;
  readonly #prompts: PromptOfRecord;
  readonly #pictures: ReplayedPictures;
  readonly #demand = new Demand();
  readonly #live: LivePicture;
  #trouble: string | null = null;
  #isRead = false;
  #manifest: EpisodeRecord['manifest'];
  readonly #running: Promise<unknown>;

  private constructor(
    readonly record: EpisodeRecord,
    private readonly store: PictureStore,
    readonly given: GivenView,
    readonly isFollowed: boolean,
    makeEnv: EnvFactory,
  ) {
    this.#manifest = record.manifest;
    this.#prompts = PromptOfRecord.of(record.manifest);
    this.#lines = new EpisodeLines(record, this.#prompts.history);
    this.#pictures = new ReplayedPictures(record, store, given);
    this.#live = new LivePicture(record.folder, (step) => this.#lines.observations[step]);
    this.#running = Promise.allSettled([this.#read(), this.#play(makeEnv), this.#lookLive()]);
  }

  /** Begins to read and to play. Rejects with `record` where the folder holds no record that can be read. */
  static async open(folder: string, makeEnv: EnvFactory): Promise<OpenEpisode> {
    const record = await openRecord(folder);
    const isFollowed = record.manifest.status === 'running' && isGrowing(folder);
    const given = await givenOf(record.manifest);
    return new OpenEpisode(record, await PictureStore.create(), given, isFollowed, makeEnv);
  }

  /** As it is now: of a game that was followed it tells the result once it is over. */
  get manifest(): EpisodeRecord['manifest'] {
    return this.#manifest;
  }

  get progress(): Progress {
    const { mismatch, isDone } = this.#pictures;
    return {
      lines: this.#lines.count,
      pictures: this.store.count,
      isLive: this.isFollowed && !this.#isRead,
      live: this.#live.step,
      liveTrouble: this.#live.trouble,
      isRead: this.#isRead,
      isReplayed: isDone || this.#trouble !== null,
      mismatch,
      trouble: this.#trouble,
    };
  }

  series(from: number): Series {
    return this.#lines.series(from);
  }

  /** A page shows the episode, until what is returned is called. */
  look(): () => void {
    return this.#demand.look();
  }

  /** The newest picture that a game has left while it is played, as PNG; null where there is none. */
  live(): Promise<Buffer | null> {
    return this.#live.png();
  }

  /** Blocks of `picture-blocks.ts`, as far as they are there; of a game that is followed they then come. */
  pictures(from: number, count: number): Promise<Buffer> {
    this.#demand.want(from + count - 1);
    return this.store.read(from, count);
  }

  async decisions(from: number, count: number): Promise<DecisionDetail[]> {
    const { manifest } = this.record;
    const nameOf = actionNamer(manifest);
    const sights = sightsOf(manifest);
    const lines = await this.#lines.lines(from, count);
    return lines.map((line, index): DecisionDetail => {
      const step = from + index;
      if (line === null) return { step, line, action: null, scores: null, sights: [], prompt: null };
      const said = line.raw === null ? undefined : splitSighted({ sights }, line.raw).sights;
      const { chain: _, observation: __, ...told } = line as StepLine;
      return {
        step,
        line: told,
        action: nameOf(line.executed),
        scores: this.#lines.scoresOf(line),
        sights: sights.map((_sight, place) => said?.[place] ?? null),
        prompt: this.#prompts.of(
          line,
          this.#lines.asked.filter((asked) => asked.step < step),
        ),
      };
    });
  }

  /** Resolves when the record was read and its pictures were played. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#running;
    await this.store[Symbol.asyncDispose]();
  }

  #growth(): (() => Promise<boolean>) | undefined {
    return this.isFollowed ? growthOf(this.record.folder, this.#ended.signal) : undefined;
  }

  async #read(): Promise<void> {
    await this.#lines.read(this.#growth(), this.#ended.signal).catch((error) => this.#fail(error));
    const latest = this.isFollowed ? await openRecord(this.record.folder).catch(() => undefined) : undefined;
    this.#manifest = latest?.manifest ?? this.#manifest;
    this.#isRead = true;
    this.#demand.end();
  }

  async #lookLive(): Promise<void> {
    const { signal } = this.#ended;
    while (this.isFollowed && !this.#isRead && !signal.aborted) {
      if (this.#demand.isLookedAt) await this.#live.look();
      await sleep(LIVE_LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #play(makeEnv: EnvFactory): Promise<void> {
    const { signal } = this.#ended;
    const turn = this.isFollowed ? (step: number) => this.#demand.turn(step, signal) : undefined;
    await this.#pictures.play(makeEnv, this.#growth(), signal, turn).catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#trouble ??= isAgentError(error)
      ? [error.summary, error.details.got, error.details.next].filter((part) => part !== undefined).join(': ')
      : inWords(error);
  }
}
