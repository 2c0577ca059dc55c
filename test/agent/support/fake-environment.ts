/** A small deterministic environment: pictures that tell seed and step, rewards that tell the action. */
import type { Action } from '../../../src/agent/index.js';
import {
  AgentError,
  type Env,
  type EnvSpec,
  type Frame,
  type NdArray,
  type TimeStep,
} from '../../../src/core/index.js';

export interface FakeOptions {
  readonly actions?: number;
  /** Decisions after which an episode ends. */
  readonly length?: number;
  readonly ending?: 'terminated' | 'truncated';
  /** Throws instead of doing this step (1, 2, …) or the reset (0). */
  readonly failAt?: number;
  readonly reward?: (action: Action, step: number) => number;
  readonly onStep?: (action: Action, step: number) => void | Promise<void>;
}

export const fakeSpec = (actions = 5): EnvSpec => ({
  id: 'Fake-v0',
  observationSpace: { kind: 'box', shape: [2, 2, 3], dtype: 'uint8', low: 0, high: 255 },
  actionSpace: { kind: 'discrete', count: actions, start: 0 },
  actionNames: null,
  frameSkip: 1,
  maxEpisodeSteps: null,
  framesPerSecond: 30,
  renderSize: null,
});

/** A picture of one value. */
export function frame(value: number): Frame {
  return { dtype: 'uint8', shape: [2, 2, 3], data: new Uint8Array(12).fill(value) };
}

export interface FakeEnvironment extends Env<NdArray, Action> {
  /** Actions executed since the last reset. */
  readonly executed: readonly Action[];
  readonly seeds: readonly number[];
}

export function fakeEnvironment(options: FakeOptions = {}): FakeEnvironment {
  const { actions = 5, length = 3, ending = 'terminated', failAt, reward = (action) => Number(action) } = options;
  let executed: Action[] = [];
  const seeds: number[] = [];
  let isOver = true;
  const failIfAsked = (step: number): void => {
    if (step === failAt) throw new AgentError('env_failure', `the emulator broke at step ${step}`);
  };
  return {
    spec: fakeSpec(actions),
    get executed() {
      return executed;
    },
    seeds,
    async reset({ seed }): Promise<TimeStep<NdArray>> {
      failIfAsked(0);
      executed = [];
      isOver = false;
      seeds.push(seed);
      return { kind: 'first', observation: frame(seed % 100), info: {} };
    },
    async step(action, callOptions): Promise<TimeStep<NdArray>> {
      callOptions?.signal?.throwIfAborted();
      if (isOver) throw new AgentError('episode_over', 'the episode is over');
      await options.onStep?.(action, executed.length + 1);
      failIfAsked(executed.length + 1);
      executed.push(action);
      isOver = executed.length >= length;
      const observation = frame((Number(seeds.at(-1)) % 100) + executed.length);
      const kind = isOver ? ending : 'mid';
      return { kind, observation, reward: reward(action, executed.length), info: { lives: 3 } };
    },
    async [Symbol.asyncDispose]() {},
  };
}
