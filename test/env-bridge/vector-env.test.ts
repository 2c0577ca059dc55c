/** Many environments at once: batches, parts of batches, whichever is ready first, and failures that stay alone. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Emulators,
  type GymStep,
  makeEnv,
  makeVectorEnv,
  startEmulators,
  unwrapStep,
  type VectorEnv,
} from '../../src/env-bridge/index.js';
import { expectCode, playActions, type StepSummary, summarize } from './env-conformance.js';
import {
  eventually,
  FAULT,
  type GameFixture,
  games,
  useFaultEnvironments,
  usePrivateTemporaryFolder,
} from './fixtures.js';

useFaultEnvironments();
const folder = usePrivateTemporaryFolder();

let one: Emulators;
let two: Emulators;
beforeAll(async () => {
  [one, two] = await Promise.all([startEmulators(), startEmulators({ processes: 2 })]);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const summaries = (steps: Awaited<ReturnType<VectorEnv['step']>>): StepSummary[] =>
  steps.map((step) => summarize(unwrapStep(step)));

describe.each(games(60))('$id', ({ id, options, actions }: GameFixture) => {
  it('plays the same alone, in a batch of one process and of two', async () => {
    const seeds = [100, 101, 102];
    const rounds = Array.from({ length: 6 }, (_, round) => seeds.map((seed) => (seed * 7 + round * 3) % actions));
    const batched = async (emulators: Emulators): Promise<StepSummary[][]> => {
      await using envs = await makeVectorEnv(id, { ...options, count: seeds.length, emulators });
      const steps = [summaries(await envs.reset(seeds))];
      for (const round of rounds) steps.push(summaries(await envs.step(round)));
      return steps;
    };
    const fromTwo = await batched(two);
    expect(await batched(one)).toEqual(fromTwo);
    await using env = await makeEnv(id, { ...options, emulators: one });
    for (const [index, seed] of seeds.entries()) {
      const alone = await playActions(
        env,
        seed,
        rounds.map((round) => round[index] as number),
      );
      expect(alone).toEqual(fromTwo.map((round) => round[index]));
    }
  });

  it('renders the emulator frames of every environment of a batch', async () => {
    await using envs = await makeVectorEnv(id, { ...options, render: true, count: 2, emulators: one });
    const { height, width } = envs.spec.renderSize ?? { height: 0, width: 0 };
    const shapes = (steps: Awaited<ReturnType<VectorEnv['step']>>) =>
      steps.map((step) => unwrapStep(step).frames?.shape);
    expect(shapes(await envs.reset([1, 2], { frames: true }))).toEqual(
      [1, 1].map((count) => [count, height, width, 3]),
    );
    const steps = await envs.step([1, 2], { frames: true });
    expect(shapes(steps)).toEqual([4, 4].map((count) => [count, height, width, 3]));
    const pixels = (unwrapStep(steps[0] as GymStep).frames as { data: Uint8Array }).data;
    expect(new Set(pixels).size).toBeGreaterThan(3); // a picture, not a blank
    expect(shapes(await envs.step([1, 2]))).toEqual([undefined, undefined]);
  });
});

describe('a batch', () => {
  it('may be any part of the environments, in any order', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 4, emulators: two });
    await using reference = await makeVectorEnv(FAULT, { count: 4, emulators: one });
    await envs.reset([1, 2, 3, 4]);
    await reference.reset([1, 2, 3, 4]);
    const [all, part] = [await reference.step([0, 1, 2, 0]), await envs.step([0, 2, 1], { envs: [3, 2, 1] })];
    expect(summaries(part)).toEqual(summaries([all[3], all[2], all[1]] as GymStep[]));
    expect(summaries(await envs.step([0], { envs: [0] }))).toEqual(summaries([all[0]] as GymStep[]));
    expect(await envs.step([], { envs: [] })).toEqual([]);
  });

  it('goes on for the others where one fails', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 4, kwargs: { episode: 2 }, emulators: two });
    await envs.reset([1, 2, 3], { envs: [0, 1, 2] });
    await envs.step([0], { envs: [2] });
    await envs.step([0], { envs: [2] }); // the end of that episode
    const steps = await envs.step([0, 9, 0, 0]);
    const outcomes = steps.map((step) => (step.kind === 'failed' ? step.error.code : step.kind));
    expect(outcomes).toEqual(['mid', 'illegal_action', 'episode_over', 'episode_over']);
    expect(() => unwrapStep(steps[1] as GymStep)).toThrow('no such action');
    expect((await envs.step([1], { envs: [1] })).map(({ kind }) => kind)).toEqual(['mid']);
  });

  it('carries the environment’s own failure, which ends that episode alone', async () => {
    await using good = await makeEnv(FAULT, { emulators: one });
    await using envs = await makeVectorEnv(FAULT, { count: 2, kwargs: { fault: 'raise', at: 1 }, emulators: one });
    await good.reset({ seed: 0 });
    await envs.reset([0, 1]);
    const [step] = await envs.step([0], { envs: [1] });
    expect(step).toMatchObject({ kind: 'failed', error: { code: 'env_failure' } });
    expect((step as { error: Error }).error.message).toContain('RuntimeError: the engine is on fire');
    await expectCode(envs.env(1).step(0), 'episode_over');
    expect((await good.step(0)).kind).toBe('mid');
  });

  it('of the wrong size, or for environments that are not there, is refused whole', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 2, emulators: one });
    await expectCode(envs.reset([1]), 'usage');
    await expectCode(envs.reset([1, -2]), 'usage');
    await expectCode(envs.reset([1, 2], { options: [null] }), 'usage');
    await envs.reset([1, 2]);
    await expectCode(envs.step([0]), 'usage');
    await expectCode(envs.step([0, 0], { envs: [1, 1] }), 'usage');
    await expectCode(envs.step([0], { envs: [2] }), 'usage');
    expect(() => envs.send(2, 0)).toThrow('no such environment');
  });

  it('carries options of the reset', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 2, emulators: two });
    const steps = await envs.reset([1, 1], { options: [{ add: 5 }, null] });
    const [a, b] = steps.map((step) => Number(unwrapStep(step).observation.data[0]));
    expect((a as number) - (b as number)).toBe(5);
  });
});

describe('send and receive', () => {
  it('give whichever is ready first: a slow one holds nobody in another process up', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 2, emulators: two });
    await using slow = await makeVectorEnv(FAULT, { count: 1, kwargs: { seconds: 1 }, emulators: two });
    await envs.reset([1, 2]);
    await slow.reset([3]);
    slow.send(0, 1); // in the process of environment 0
    envs.send(0, 1);
    const order: number[] = [];
    for (let count = 0; count < 5; count++) {
      envs.send(1, 1);
      order.push((await envs.receive()).env);
    }
    expect(order).toEqual([1, 1, 1, 1, 1]);
    expect((await envs.receive()).env).toBe(0);
    expect(unwrapStep((await slow.receive()).step).kind).toBe('mid');
  });

  it('play whole episodes, each environment at its own pace', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 3, kwargs: { episode: 4 }, emulators: two });
    const played = [0, 1, 2].map((): StepSummary[] => []);
    for (const env of [0, 1, 2]) envs.sendReset(env, { seed: env });
    for (let open = 3; open > 0; ) {
      const { env, step } = await envs.receive();
      played[env]?.push(summarize(unwrapStep(step)));
      if (step.kind === 'terminated') open -= 1;
      else envs.send(env, env);
    }
    await using single = await makeEnv(FAULT, { kwargs: { episode: 4 }, emulators: one });
    for (const env of [0, 1, 2]) expect(played[env]).toEqual(await playActions(single, env, Array(4).fill(env)));
  });

  it('hand failures out in the step', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 2, emulators: one });
    envs.send(0, 0);
    envs.send(1, 7);
    const received = [await envs.receive(), await envs.receive()];
    const codes = received.map(({ env, step }) => [env, step.kind === 'failed' && step.error.code]);
    expect(new Map(codes as [number, string][])).toEqual(
      new Map([
        [0, 'episode_over'],
        [1, 'illegal_action'],
      ]),
    );
  });

  it('refuse what would never end', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 2, emulators: one });
    await expectCode(envs.receive(), 'usage');
    envs.sendReset(0, { seed: 0 });
    expect(() => envs.send(0, 1)).toThrow('still has a step to be received');
    const first = envs.receive();
    await expectCode(envs.receive(), 'usage');
    expect((await first).env).toBe(0);
  });

  it('can stop waiting without losing the step', async () => {
    await using envs = await makeVectorEnv(FAULT, { count: 1, kwargs: { seconds: 0.2 }, emulators: one });
    await envs.reset([0]);
    envs.send(0, 1);
    await expectCode(envs.receive({ signal: AbortSignal.timeout(20) }), 'cancelled');
    expect(unwrapStep((await envs.receive()).step).kind).toBe('mid');
  });
});

describe('making', () => {
  it('refuses what cannot be played, with the reason', async () => {
    const make = (id: string, options: object = {}) => makeEnv(id, { emulators: one, ...options });
    expect((await expectCode(make('CarRacin-v3'), 'unknown_env')).message).toContain('CarRacing-v3');
    expect((await expectCode(make('bridge_faults:Bridge/Dict-v0'), 'unsupported_env')).message).toContain('Dict');
    await expectCode(make(FAULT, { frameSkip: 0 }), 'usage');
    expect((await expectCode(make(FAULT, { kwargs: { nonsense: 1 } }), 'usage')).message).toContain('nonsense');
    await expectCode(make(FAULT, { timeoutMs: 10 }), 'usage');
    await expectCode(makeVectorEnv(FAULT, { count: 0 }), 'usage');
    await expectCode(makeEnv(FAULT, { emulators: {} as Emulators }), 'usage');
  });

  it('makes all or none: what was made is closed again', async () => {
    const [births, deaths] = [join(folder.path, 'births'), join(folder.path, 'deaths')];
    const kwargs = { births, deaths, at_most: 3 };
    await expectCode(makeVectorEnv(FAULT, { count: 5, kwargs, emulators: one }), 'env_failure');
    await eventually(() => existsSync(deaths) && statSync(deaths).size === 3, 'three environments being closed');
  });

  it('frames need an environment that renders', async () => {
    await using env = await makeEnv(FAULT, { emulators: one });
    await expectCode(env.reset({ seed: 0, frames: true }), 'usage');
    await env.reset({ seed: 0 });
    await expectCode(env.step(0, { frames: true }), 'usage');
    expect((await env.step(0)).kind).toBe('mid'); // a refused request leaves the episode as it was
  });
});
