/**
 * The contract of `Env` as a test suite, for every implementation of it (the idea is dm_env's `test_utils.py`). Call
 * `describeEnvContract` in a test file; each test gets an environment of its own and disposes of it.
 */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  type Env,
  hashArray,
  type Info,
  isAgentError,
  isLast,
  type NdArray,
  sizeOf,
  type TimeStep,
  TYPED_ARRAYS,
} from '../../src/core/index.js';

type Action = number | readonly number[];

export interface EnvContract {
  /** A fresh environment whose episodes end within `maxSteps` whatever is done. */
  readonly make: () => Promise<Env<NdArray, Action>>;
  readonly maxSteps: number;
  /** A legal action drawn from a number in [0, 1). */
  readonly sampleAction: (draw: number) => Action;
  readonly illegalActions: readonly Action[];
  /** Whether two seeds must differ in their first observation. Default true. */
  readonly seedChangesObservation?: boolean;
}

/** What of a step must be the same when it is played again. */
export interface StepSummary {
  readonly kind: string;
  readonly hash: string;
  readonly reward: number | null;
  readonly info: Info;
}

export function summarize(step: TimeStep<NdArray>): StepSummary {
  const reward = step.kind === 'first' ? null : step.reward;
  return { kind: step.kind, hash: hashArray(step.observation), reward, info: step.info };
}

/** Plays `actions` from a reset, or until the end of the episode. */
export async function playActions(
  env: Env<NdArray, Action>,
  seed: number,
  actions: readonly Action[],
): Promise<StepSummary[]> {
  let step = await env.reset({ seed });
  const steps = [summarize(step)];
  for (const action of actions) {
    if (isLast(step)) break;
    step = await env.step(action);
    steps.push(summarize(step));
  }
  return steps;
}

/** Reproducible actions. */
export function drawActions(sample: EnvContract['sampleAction'], count: number, seed = 0): Action[] {
  const random = createRandom(seed, 'actions');
  return Array.from({ length: count }, () => sample(random.next()));
}

export function describeEnvContract(name: string, contract: EnvContract): void {
  const { make, maxSteps, sampleAction, illegalActions } = contract;
  const actions = drawActions(sampleAction, maxSteps);

  describe(`the contract of Env: ${name}`, () => {
    it('has a spec of plain JSON', async () => {
      await using env = await make();
      expect(JSON.parse(JSON.stringify(env.spec))).toEqual(env.spec);
      expect(env.spec.id).not.toBe('');
      expect(env.spec.frameSkip).toBeGreaterThanOrEqual(1);
    });

    it('plays whole episodes whose every observation fits the space', async () => {
      await using env = await make();
      for (const seed of [0, 1]) {
        let step = await env.reset({ seed });
        expect(step.kind).toBe('first');
        expect(step).not.toHaveProperty('reward');
        expectInSpace(env, step.observation);
        let count = 0;
        while (!isLast(step)) {
          step = await env.step(actions[count] as Action);
          count += 1;
          expect(['mid', 'terminated', 'truncated']).toContain(step.kind);
          expect((step as { reward: number }).reward).toEqual(expect.any(Number));
          expect(step.info).toEqual(expect.any(Object));
          expectInSpace(env, step.observation);
        }
        expect(count).toBeLessThanOrEqual(maxSteps);
        expect(count).toBeLessThanOrEqual(env.spec.maxEpisodeSteps ?? maxSteps);
      }
    });

    it('refuses a step before the first reset and after the end, and starts again when reset', async () => {
      await using env = await make();
      await expectCode(env.step(actions[0] as Action), 'episode_over');
      await playActions(env, 3, actions);
      await expectCode(env.step(actions[0] as Action), 'episode_over');
      expect((await env.reset({ seed: 3 })).kind).toBe('first');
      expect((await env.step(actions[0] as Action)).kind).not.toBe('first');
    });

    it('is determined by seed and actions, across resets and instances', async () => {
      await using first = await make();
      await using second = await make();
      const once = await playActions(first, 7, actions);
      expect(await playActions(second, 7, actions)).toEqual(once);
      expect(await playActions(first, 7, actions)).toEqual(once);
      if (contract.seedChangesObservation ?? true) {
        expect(summarize(await first.reset({ seed: 8 })).hash).not.toBe(once[0]?.hash);
      }
    });

    it('can be reset in the middle of an episode', async () => {
      await using env = await make();
      const once = await playActions(env, 5, actions.slice(0, 3));
      await playActions(env, 6, actions.slice(0, 2));
      expect(await playActions(env, 5, actions.slice(0, 3))).toEqual(once);
    });

    it('does not touch an observation that it gave away', async () => {
      await using env = await make();
      const first = await env.reset({ seed: 1 });
      const before = hashArray(first.observation);
      for (const action of actions.slice(0, 4)) await env.step(action);
      await env.reset({ seed: 2 });
      expect(hashArray(first.observation)).toBe(before);
    });

    it('refuses an illegal action and leaves the episode as it was', async () => {
      await using disturbed = await make();
      await using plain = await make();
      await disturbed.reset({ seed: 4 });
      await plain.reset({ seed: 4 });
      for (const action of illegalActions) await expectCode(disturbed.step(action), 'illegal_action');
      const action = actions[0] as Action;
      expect(summarize(await disturbed.step(action))).toEqual(summarize(await plain.step(action)));
    });

    it('refuses seeds that are none', async () => {
      await using env = await make();
      for (const seed of [-1, 1.5, 2 ** 32, Number.NaN]) await expectCode(env.reset({ seed }), 'usage');
    });

    it('gives up waiting when the signal says so', async () => {
      await using env = await make();
      await env.reset({ seed: 0 });
      const signal = AbortSignal.abort(new Error('enough'));
      await expectCode(env.step(actions[0] as Action, { signal }), 'cancelled');
      await expectCode(env.reset({ seed: 0, signal }), 'cancelled');
      expect((await env.reset({ seed: 0 })).kind).toBe('first');
    });

    it('can be disposed of twice, and answers nothing afterwards', async () => {
      const env = await make();
      await env.reset({ seed: 0 });
      await env[Symbol.asyncDispose]();
      await env[Symbol.asyncDispose]();
      await expect(env.step(actions[0] as Action)).rejects.toThrow();
      await expect(env.reset({ seed: 0 })).rejects.toThrow();
    });
  });
}

function expectInSpace({ spec }: Env<NdArray, Action>, observation: NdArray): void {
  const { dtype, shape, low, high } = spec.observationSpace;
  expect(observation.dtype).toBe(dtype);
  expect(observation.shape).toEqual(shape);
  expect(observation.data).toBeInstanceOf(TYPED_ARRAYS[dtype]);
  expect(observation.data.length).toBe(sizeOf(shape));
  const numbers = observation.data as Iterable<number | bigint>;
  let isWithin = true;
  for (const value of numbers) isWithin &&= value >= low && value <= high;
  expect(isWithin).toBe(true);
}

export async function expectCode(promise: Promise<unknown>, code: string): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isAgentError(error)) throw new Error(`expected an AgentError ${code}, got ${String(error)}`, { cause: error });
  expect(error.code, error.message).toBe(code);
  return error;
}
