/** An environment in memory: what the contract says in the fewest lines, to test the suite and loops with. */
import {
  AgentError,
  type CallOptions,
  createRandom,
  type Env,
  type NdArray,
  type ResetOptions,
  type TimeStep,
} from '../../src/core/index.js';

const LENGTH = 6;

/** Adds random numbers to a sum; the episode ends after a number of steps that the seed decides. */
export class CountingEnv implements Env<NdArray, number | readonly number[]> {
  readonly spec = {
    id: 'Counting-v0',
    observationSpace: { kind: 'box', shape: [2], dtype: 'float64', low: 0, high: 1e6 },
    actionSpace: { kind: 'discrete', count: 3, start: 0 },
    actionNames: ['zero', 'one', 'two'],
    frameSkip: 1,
    maxEpisodeSteps: LENGTH,
    framesPerSecond: null,
    renderSize: null,
  } as const;
  #random = createRandom(0);
  #count = LENGTH;
  #sum = 0;
  #isDisposed = false;

  async reset({ seed, signal }: ResetOptions): Promise<TimeStep<NdArray>> {
    this.#check(signal);
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new AgentError('usage', 'no seed');
    this.#random = createRandom(seed);
    this.#count = this.#random.integer(3);
    this.#sum = this.#random.integer(1000);
    return { kind: 'first', observation: this.#observation(), info: {} };
  }

  async step(action: number | readonly number[], { signal }: CallOptions = {}): Promise<TimeStep<NdArray>> {
    this.#check(signal);
    if (this.#count >= LENGTH) throw new AgentError('episode_over', 'reset first');
    if (typeof action !== 'number' || !(action in this.spec.actionNames)) throw new AgentError('illegal_action', 'no');
    this.#count += 1;
    this.#sum += action + this.#random.integer(10);
    const kind = this.#count < LENGTH ? 'mid' : this.#sum % 2 === 0 ? 'terminated' : 'truncated';
    return { kind, observation: this.#observation(), reward: this.#sum / 3, info: { count: this.#count } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
  }

  #check(signal: AbortSignal | undefined): void {
    if (this.#isDisposed) throw new AgentError('cancelled', 'disposed of');
    if (signal?.aborted) throw new AgentError('cancelled', 'cancelled');
  }

  #observation(): NdArray {
    return { dtype: 'float64', shape: [2], data: Float64Array.of(this.#sum, this.#count) };
  }
}
