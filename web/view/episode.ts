/** One episode in the page: what is known of it, and what is fetched when it is looked at. */
import type { DecisionDetail, EpisodeFacts, Progress, Series } from '../../src/view/protocol.js';
import { LivePicture } from './live-picture.js';
import { Pictures } from './pictures.js';
import { PART, type Source, type Stop } from './source.js';

type Grown = { -readonly [K in keyof Omit<Series, 'from'>]: Series[K][number][] };

/** Parts of decisions that are kept. */
const DETAILS_KEPT = 200;

export class Episode {
  readonly pictures: Pictures;
  readonly #live: LivePicture;
  readonly series: Grown = { score: [], reward: [], entropy: [], latency: [], executed: [] };
  progress: Progress | null = null;
  readonly #details = new Map<number, readonly DecisionDetail[]>();
  readonly #fetching = new Set<number>();
  readonly #stop: Stop;
  #isGrowing = false;

  private constructor(
    private readonly source: Source,
    public facts: EpisodeFacts,
    private readonly onChange: () => void,
  ) {
    const { id } = facts.row;
    this.pictures = new Pictures(source, id, onChange, () => ({
      count: this.progress?.pictures ?? 0,
      isOnDemand: this.isLive,
    }));
    this.#live = new LivePicture(source.server, id, onChange);
    this.#stop = source.follow(id, (progress) => {
      const hasEnded = this.isLive && !progress.isLive;
      this.progress = progress;
      const grown = this.#grow();
      if (hasEnded) void grown.finally(() => this.#learnTheEnd());
    });
  }

  /** Rejects where there is no such episode. */
  static async open(source: Source, id: string, onChange: () => void): Promise<Episode> {
    const episode = new Episode(source, await source.facts(id), onChange);
    await episode.#grow();
    return episode;
  }

  /** Whether it is being played now; until the last decision of a game that was followed is known here too. */
  get isLive(): boolean {
    const { progress, facts, series } = this;
    if (progress === null) return facts.row.isLive;
    return progress.isLive || (facts.row.isLive && series.score.length < progress.lines);
  }

  /** Whether those who follow it are shown the game's own pictures; else it is played again for them. */
  get hasOwnPictures(): boolean {
    return this.isLive && (this.progress?.liveTrouble ?? null) === null;
  }

  /** The newest of the game's own pictures; undefined where none is here yet. */
  get livePicture(): ImageBitmap | undefined {
    return this.#live.newest(this.progress?.live ?? null);
  }

  /** Number of the last decision that is known. */
  get last(): number {
    return Math.max(0, this.series.score.length - 1);
  }

  /** Decisions a second of the game. */
  get rate(): number {
    return this.facts.framesPerSecond / this.facts.frameSkip;
  }

  /** A decision; undefined where it is not fetched yet. It then comes with `onChange`. */
  detail(step: number): DecisionDetail | undefined {
    const part = Math.floor(step / PART);
    const found = this.#details.get(part)?.[step % PART];
    if (found === undefined && step <= this.last && !this.#fetching.has(part)) void this.#fetch(part);
    return found;
  }

  close(): void {
    this.#stop();
    this.pictures.close();
    this.#live.close();
  }

  async #fetch(part: number): Promise<void> {
    this.#fetching.add(part);
    try {
      const known = this.#details.get(part) ?? [];
      this.#details.set(part, [...known, ...(await this.source.decisions(this.facts.row.id, part, known.length))]);
      const [oldest] = this.#details.keys();
      if (this.#details.size > DETAILS_KEPT && oldest !== undefined) this.#details.delete(oldest);
      this.onChange();
    } catch {
      // Asked for again with the next look.
    } finally {
      this.#fetching.delete(part);
    }
  }

  /** The result of a game that was followed stands in the record now. */
  async #learnTheEnd(): Promise<void> {
    // Where the server is gone, the page says so; what was known stays.
    this.facts = await this.source.facts(this.facts.row.id).catch(() => this.facts);
    this.onChange();
  }

  /** Fetches the numbers of decisions that are new; one fetch at a time. */
  async #grow(): Promise<void> {
    if (this.#isGrowing) return;
    this.#isGrowing = true;
    try {
      // There may be more by the time that some have come.
      for (;;) {
        const from = this.series.score.length;
        if (from > 0 && (this.progress?.lines ?? 0) <= from) break;
        const { from: _, ...more } = await this.source.series(this.facts.row.id, from);
        for (const [name, values] of Object.entries(more)) {
          (this.series[name as keyof Grown] as unknown[]).push(...(values as unknown[]));
        }
        if (this.series.score.length === from) break;
      }
    } finally {
      this.#isGrowing = false;
      this.onChange();
    }
  }
}
