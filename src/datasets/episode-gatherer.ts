/** Watches one episode and keeps what its demonstration holds: frames, compressed at once, and what was done. */
import type { EpisodeEnd, EpisodeObserver, StepRecord } from '../agent/index.js';
import { AgentError, isFrame, type NdArray, type TimeStep } from '../core/index.js';
import type { Label } from './collecting-policy.js';
import type { LabelledStep, PlayedEpisode } from './episode-content.js';
import { encodeFrame } from './frame-codec.js';

export interface GathererOptions {
  /** Of the episode, in the dataset. */
  readonly number: number;
  readonly seed: number;
  /** The label of the decision made last. */
  readonly label: () => Label;
  readonly onStep?: () => void;
  /** Keeps a whole episode; awaited, and what it throws fails the episode. */
  readonly keep: (episode: PlayedEpisode) => Promise<void>;
}

export class EpisodeGatherer implements EpisodeObserver {
  readonly #options: GathererOptions;
  readonly #frames: Promise<Uint8Array>[] = [];
  readonly #steps: LabelledStep[] = [];

  constructor(options: GathererOptions) {
    this.#options = options;
  }

  async onReset(_: unknown, { observation }: TimeStep<NdArray>): Promise<void> {
    await this.#see(observation);
  }

  async onStep(record: StepRecord, { observation }: TimeStep<NdArray>): Promise<void> {
    const { label, onStep } = this.#options;
    const { reward, terminated, truncated } = record;
    this.#steps.push({ action: record.executed as number, label: label(), reward, terminated, truncated });
    await this.#see(observation);
    onStep?.();
  }

  /** A failed or cancelled episode leaves nothing. */
  async onEnd({ status, score, ending }: EpisodeEnd): Promise<void> {
    const frames = await Promise.all(this.#frames);
    if ((status !== 'finished' && status !== 'stopped') || this.#steps.length === 0) return;
    const { number, seed, keep } = this.#options;
    await keep({ number, seed, score, status, ending, steps: this.#steps, frames });
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
