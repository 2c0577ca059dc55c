/** Watches one episode and keeps what its demonstration holds: frames, compressed at once, and rows. */
import type { EpisodeEnd, EpisodeObserver, StepRecord } from '../agent/index.js';
import { AgentError, isFrame, type NdArray, type TimeStep } from '../core/index.js';
import type { Label } from './collecting-policy.js';
import { encodeFrame } from './frame-codec.js';
import { type ShardEpisode, splitOf } from './schema.js';
import type { ShardContent } from './shard-files.js';
import type { StepRow } from './step-table.js';

export interface GathererOptions {
  readonly number: number;
  readonly seed: number;
  /** Frames in a stack. */
  readonly stack: number;
  /** The label of the decision made last. */
  readonly label: () => Label;
  readonly onStep: () => void;
  /** Keeps a whole episode; awaited, and what it throws fails the episode. */
  readonly keep: (content: ShardContent, end: EpisodeEnd) => Promise<void>;
}

type Row = Omit<StepRow, 'frameOffset' | 'frameBytes'>;

export class EpisodeGatherer implements EpisodeObserver {
  readonly #options: GathererOptions;
  readonly #frames: Promise<Uint8Array>[] = [];
  readonly #rows: Row[] = [];

  constructor(options: GathererOptions) {
    this.#options = options;
  }

  async onReset(_: unknown, { observation }: TimeStep<NdArray>): Promise<void> {
    await this.#see(observation);
  }

  async onStep(record: StepRecord, { observation }: TimeStep<NdArray>): Promise<void> {
    const { number, seed, stack, label, onStep } = this.#options;
    const frame = record.step - 1;
    const { action, ...rest } = label();
    this.#rows.push({
      episode: number,
      seed,
      split: splitOf(seed),
      step: frame,
      frame,
      stack: Array.from({ length: stack }, (_, i) => Math.max(0, frame - stack + 1 + i)),
      action: record.executed as number,
      label: action,
      ...rest,
      reward: record.reward,
      terminated: record.terminated,
      truncated: record.truncated,
    });
    await this.#see(observation);
    onStep();
  }

  /** A failed or cancelled episode leaves nothing. */
  async onEnd(end: EpisodeEnd): Promise<void> {
    const { status, steps, score, ending } = end;
    const frames = await Promise.all(this.#frames);
    if ((status !== 'finished' && status !== 'stopped') || steps === 0) return;
    const { number: episode, seed, keep } = this.#options;
    let offset = 0;
    const rows = this.#rows.map((row, i): StepRow => {
      const frameBytes = (frames[i] as Uint8Array).length;
      offset += frameBytes;
      return { ...row, frameOffset: offset - frameBytes, frameBytes };
    });
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    const facts: ShardEpisode = {
      episode,
      seed,
      split: splitOf(seed),
      steps,
      score,
      status,
      ending,
      first_row: 0,
      frames: { offset: 0, bytes },
    };
    await keep({ rows, episodes: [facts], frames }, end);
  }

  /** Starts compressing a frame, and waits for the one before: at most one of an episode is on its way. */
  async #see(observation: NdArray): Promise<void> {
    if (!isFrame(observation)) {
      throw new AgentError('unsupported_env', 'demonstrations are of pictures', {
        expected: 'a frame of uint8 [height, width, 1 or 3]',
        got: `${observation.dtype} [${observation.shape.join(', ')}]`,
        next: 'a game whose YAML says `observation: render` shows the rendered picture',
      });
    }
    const before = this.#frames.at(-1);
    this.#frames.push(encodeFrame(observation));
    await before;
  }
}
