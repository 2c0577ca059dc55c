/** The decisions of a record as the page asks for them: numbers of all of them, and each one's line when wanted. */
import { openRecordFile } from '../record/files.js';
import { actionNames } from '../record/game-facts.js';
import { type EpisodeRecord, type RecordLine, readTexts, STEPS_FILE, type StepLine } from '../record/index.js';
import { stepLineSchema } from '../record/schema.js';
import { isDecision } from '../replay/index.js';
import { readScores, type ShownScores } from '../video/shown-scores.js';
import type { Series } from './protocol.js';

/** A decision's answer, as far as a later prompt tells of it. */
export interface ToldAnswer {
  readonly step: number;
  readonly raw: string | null;
  readonly executed: StepLine['executed'];
}

type Mutable = { -readonly [K in keyof Omit<Series, 'from'>]: Series[K][number][] };

export class EpisodeLines {
  /** Byte at which each line begins, and at which the last one ends. */
  readonly #offsets: number[] = [0];
  readonly #series: Mutable = { score: [], reward: [], entropy: [], latency: [], executed: [] };
  /** Of decisions that the policy was asked for. */
  readonly asked: ToldAnswer[] = [];
  /** Hashes of the observations, by step. */
  readonly observations: string[] = [];
  readonly #actions: number;

  constructor(
    private readonly record: EpisodeRecord,
    /** Answers kept for prompts that tell of earlier ones; 0 keeps none. */
    private readonly history: number,
  ) {
    this.#actions = actionNames(record.manifest).length;
  }

  /** Lines read so far; the reset's is the first. */
  get count(): number {
    return this.#offsets.length - 1;
  }

  /** Reads to the end of the record. Rejects with `record`. */
  async read(waitForMore: (() => Promise<boolean>) | undefined, signal: AbortSignal): Promise<void> {
    for await (const { line, text } of readTexts(this.record, waitForMore ? { waitForMore } : {})) {
      if (signal.aborted) return;
      this.#offsets.push((this.#offsets.at(-1) as number) + Buffer.byteLength(text) + 1);
      this.#add(line);
    }
  }

  series(from: number): Series {
    const { score, reward, entropy, latency, executed } = this.#series;
    return {
      from,
      score: score.slice(from),
      reward: reward.slice(from),
      entropy: entropy.slice(from),
      latency: latency.slice(from),
      executed: executed.slice(from),
    };
  }

  /** Lines of decisions, from the file; null in the place of the reset. */
  async lines(from: number, count: number): Promise<(StepLine | null)[]> {
    const end = Math.min(from + count, this.count);
    const [start, stop] = [this.#offsets[from], this.#offsets[end]];
    if (start === undefined || stop === undefined || stop <= start) return [];
    await using file = await openRecordFile(this.record.folder, STEPS_FILE);
    const bytes = Buffer.alloc(stop - start);
    await file.read(bytes, 0, bytes.byteLength, start);
    const texts = bytes
      .toString()
      .split('\n')
      .slice(0, end - from);
    return texts.map((text, index) => (from + index === 0 ? null : stepLineSchema.parse(JSON.parse(text))));
  }

  scoresOf(line: Pick<StepLine, 'scores'>): ShownScores | null {
    return readScores(line.scores, this.#actions, this.record.manifest.policy);
  }

  #add(line: RecordLine): void {
    const { score, reward, entropy, latency, executed } = this.#series;
    const isStep = isDecision(line);
    this.observations.push(line.observation);
    score.push((score.at(-1) ?? 0) + (isStep ? line.reward : 0));
    reward.push(isStep ? line.reward : 0);
    entropy.push(isStep ? entropyOf(this.scoresOf(line)) : null);
    latency.push(isStep && line.origin === undefined ? line.policyMs : null);
    executed.push(isStep ? JSON.stringify(line.executed) : '');
    if (isStep && this.history > 0 && line.origin === undefined) {
      this.asked.push({ step: line.step, raw: line.raw, executed: line.executed });
    }
  }
}

/** Bits; null of scores that are no chances. */
export function entropyOf(scores: ShownScores | null): number | null {
  if (scores?.kind !== 'chances') return null;
  return scores.numbers.reduce((sum, chance) => (chance > 0 ? sum - chance * Math.log2(chance) : sum), 0);
}
