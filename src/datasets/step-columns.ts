/** The steps of a dataset in memory, as columns of numbers that grow by whole episodes. */
import type { DatasetEpisode, DatasetStep, ShardEpisode } from './schema.js';
import type { StepRow } from './step-table.js';

const IS_NOISE = 1;
const TERMINATED = 2;
const TRUNCATED = 4;

export class StepColumns {
  readonly #actions: Int16Array;
  readonly #labels: Int16Array;
  readonly #flags: Uint8Array;
  readonly #rewards: Float64Array;
  /** NaN where there is none. */
  readonly #values: Float64Array;
  /** [steps, actions]; NaN where there are none. */
  readonly #probabilities: Float32Array;
  /** [steps, stack], numbers within the episode. */
  readonly #stacks: Int32Array;
  /** By frame; every episode has one more than steps. */
  readonly #frameOffsets: number[] = [];
  readonly #frameBytes: number[] = [];
  #steps = 0;

  /** Room for `capacity` steps. */
  constructor(
    private readonly actionCount: number,
    private readonly stackSize: number,
    capacity: number,
  ) {
    this.#actions = new Int16Array(capacity);
    this.#labels = new Int16Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#rewards = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#probabilities = new Float32Array(capacity * actionCount).fill(Number.NaN);
    this.#stacks = new Int32Array(capacity * stackSize);
  }

  get stepCount(): number {
    return this.#steps;
  }

  get frameCount(): number {
    return this.#frameOffsets.length;
  }

  /** Adds an episode's steps; `frames` is where all its frames lie. Gives the numbers of its first step and frame. */
  append(rows: readonly StepRow[], frames: ShardEpisode['frames']): readonly [step: number, frame: number] {
    const first = [this.#steps, this.frameCount] as const;
    for (const row of rows) {
      const at = this.#steps++;
      this.#actions[at] = row.action;
      this.#labels[at] = row.label;
      this.#flags[at] =
        (row.isNoise ? IS_NOISE : 0) | (row.terminated ? TERMINATED : 0) | (row.truncated ? TRUNCATED : 0);
      this.#rewards[at] = row.reward;
      this.#values[at] = row.value ?? Number.NaN;
      if (row.probabilities) this.#probabilities.set(row.probabilities, at * this.actionCount);
      this.#stacks.set(row.stack, at * this.stackSize);
      this.#frameOffsets.push(row.frameOffset);
      this.#frameBytes.push(row.frameBytes);
    }
    const last = rows.at(-1) as StepRow;
    const end = last.frameOffset + last.frameBytes;
    this.#frameOffsets.push(end);
    this.#frameBytes.push(frames.offset + frames.bytes - end);
    return first;
  }

  step(index: number, { firstStep, firstFrame }: DatasetEpisode): Omit<DatasetStep, 'episode'> {
    const flags = this.#flags[index] as number;
    const value = this.#values[index] as number;
    const step = index - firstStep;
    const stack = this.#stacks.subarray(index * this.stackSize, (index + 1) * this.stackSize);
    const probabilities = this.#probabilities.subarray(index * this.actionCount, (index + 1) * this.actionCount);
    return {
      index,
      step,
      frame: firstFrame + step,
      stack: Array.from(stack, (frame) => firstFrame + frame),
      action: this.#actions[index] as number,
      label: this.#labels[index] as number,
      isNoise: (flags & IS_NOISE) !== 0,
      probabilities: Number.isNaN(probabilities[0]) ? null : Array.from(probabilities),
      value: Number.isNaN(value) ? null : value,
      reward: this.#rewards[index] as number,
      terminated: (flags & TERMINATED) !== 0,
      truncated: (flags & TRUNCATED) !== 0,
    };
  }

  /** Where a frame lies in its shard's pack. */
  frame(index: number): { readonly offset: number; readonly bytes: number } {
    return { offset: this.#frameOffsets[index] as number, bytes: this.#frameBytes[index] as number };
  }
}
