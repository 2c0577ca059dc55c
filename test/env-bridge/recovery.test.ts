/** Emulator processes that die: the episode goes on as if nothing had happened, or fails loudly. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonCommand } from '../../src/core/project-paths.js';
import {
  type Emulators,
  type GymEnv,
  type MakeEnvOptions,
  makeEnv,
  makeVectorEnv,
  type Recovery,
  startEmulators,
  unwrapStep,
  type VectorEnv,
} from '../../src/env-bridge/index.js';
import { drawActions, expectCode, playActions, type StepSummary, summarize } from './env-conformance.js';
import { eventually, FAULT, games, useFaultEnvironments, usePrivateTemporaryFolder } from './fixtures.js';

useFaultEnvironments();
const folder = usePrivateTemporaryFolder();
let markers = 0;
/** A file that lets a fault happen once. */
const marker = (): string => join(folder.path, `marker-${markers++}`);

function kill({ emulators }: GymEnv | VectorEnv, process_ = 0): number {
  const pid = emulators.pids[process_] as number;
  process.kill(pid, 'SIGKILL');
  return pid;
}

const make = (kwargs: object, options: MakeEnvOptions = {}) => makeEnv(FAULT, { ...options, kwargs: { ...kwargs } });

describe.each(games(120))('$id, killed in the middle of an episode', ({ id, options, actions: count }) => {
  const actions = drawActions((draw) => Math.floor(draw * count), 30, 1);

  it('goes on to the same end, however often and whenever it is killed', async () => {
    const recoveries: Recovery[] = [];
    const onRecovery = (recovery: Recovery) => recoveries.push(recovery);
    await using env = await makeEnv(id, { ...options, render: true, onRecovery });
    const undisturbed = await playActions(env, 11, actions);
    expect(recoveries).toEqual([]);

    const reset = env.reset({ seed: 11 });
    kill(env); // during the reset
    const steps: StepSummary[] = [summarize(await reset)];
    for (const [index, action] of actions.entries()) {
      if (index === 5) kill(env); // before a step: the process may or may not be dead when it is asked
      const step = env.step(action, { frames: index === 12 });
      if (index === 12) kill(env); // during a step
      if (index === 20) {
        const first = kill(env);
        await eventually(() => env.emulators.pids[0] !== first, 'a new process');
        kill(env); // during the replay
      }
      const received = await step;
      if (index === 12) expect(received.frames?.shape).toEqual([4, ...pictureOf(env), 3]);
      steps.push(summarize(received));
    }
    expect(steps).toEqual(undisturbed);
    expect(recoveries.length).toBeGreaterThanOrEqual(4);
    expect(env.emulators.recoveries).toBe(recoveries.length);
    const last = recoveries.at(-1);
    expect(last).toMatchObject({ reason: expect.stringContaining('SIGKILL'), episodes: 1 });
    // Where the interrupted step was answered before the second kill, it is replayed too.
    expect([20, 21]).toContain(last?.decisions);
  });

  it('goes on with every environment of a batch in flight, and leaves the other process alone', async () => {
    await using envs = await makeVectorEnv(id, { ...options, count: 4, processes: 2 });
    const play = async (disturb: (round: number) => void) => {
      const rounds = [(await envs.reset([1, 2, 3, 4])).map((step) => summarize(unwrapStep(step)))];
      for (let round = 0; round < 8; round++) {
        const batch = envs.step([0, 1, 2, 3].map((env) => actions[round + env] as number));
        disturb(round);
        rounds.push((await batch).map((step) => summarize(unwrapStep(step))));
      }
      return rounds;
    };
    const undisturbed = await play(() => {});
    const survivor = envs.emulators.pids[1];
    const disturbed = await play((round) => {
      if (round === 2 || round === 5) kill(envs, 0);
    });
    expect(disturbed).toEqual(undisturbed);
    expect(envs.emulators.recoveries).toBe(2);
    expect(envs.emulators.pids[1]).toBe(survivor);
  });
});

function pictureOf({ spec }: GymEnv): [number, number] {
  return [spec.renderSize?.height ?? 0, spec.renderSize?.width ?? 0];
}

describe('an emulator process that is killed or stopped while it starts', () => {
  /** A Python that does something else as often as the file of the marker says. */
  async function withPython<T>(times: number, use: () => Promise<T>, instead = 'kill -9 $$'): Promise<T> {
    const [python, count] = [`${marker()}.sh`, marker()];
    await writeFile(count, 'x'.repeat(times));
    const fault = `[ -s ${count} ] && { truncate -s -1 ${count}; ${instead}; }`;
    await writeFile(python, `#!/bin/sh\n${fault}\nexec ${pythonCommand().executable} "$@"\n`, { mode: 0o755 });
    const { AGENT_PYTHON } = process.env;
    process.env.AGENT_PYTHON = python;
    try {
      return await use();
    } finally {
      if (AGENT_PYTHON === undefined) delete process.env.AGENT_PYTHON;
      else process.env.AGENT_PYTHON = AGENT_PYTHON;
    }
  }

  it('is tried again like any other, and counted', async () => {
    const told: Recovery[] = [];
    const start = () => startEmulators({ onRecovery: (recovery) => told.push(recovery) });
    await using emulators = await withPython(2, start);
    expect(emulators.recoveries).toBe(2);
    expect(told).toMatchObject([{ reason: expect.stringContaining('SIGKILL'), decisions: 0 }, {}]);
    await using env = await make({}, { emulators });
    expect((await env.reset({ seed: 0 })).kind).toBe('first');
  });

  it.each([
    ['before it listens', 'kill -STOP $$', 'did not become ready'],
    ['before its first answer', 'echo ready; kill -STOP $$', 'no sign of the first answer'],
  ])('is tried again where it is stopped %s', async (_when, instead, reason) => {
    const told: Recovery[] = [];
    const onRecovery = (recovery: Recovery) => told.push(recovery);
    const start = () => startEmulators({ startTimeoutMs: 5_000, onRecovery });
    await using emulators = await withPython(1, start, instead);
    expect(emulators.recoveries).toBeGreaterThanOrEqual(1);
    expect(told[0]).toMatchObject({ reason: expect.stringContaining(reason), decisions: 0 });
  });

  it('stopped again and again: says how often', async () => {
    const start = () => startEmulators({ startTimeoutMs: 100, maxRestarts: 2 });
    const error = await withPython(9, () => expectCode(start(), 'emulator_died'), 'kill -STOP $$');
    expect(error.message).toContain('did not become ready, again after 2 restarts');
    expect(error.message).toMatch(/within 0\.1 s.*next: +it was stopped/s);
  });

  it('again and again: says how often', async () => {
    const error = await withPython(9, () => expectCode(startEmulators({ maxRestarts: 2 }), 'emulator_died'));
    expect(error.message).toContain('SIGKILL, again after 2 restarts');
  });
});

describe('an emulator process that ends by itself', () => {
  let steady: Emulators;
  beforeAll(async () => {
    steady = await startEmulators();
  });
  afterAll(async () => {
    await steady.close();
  });
  const actions = [0, 1, 2, 1, 0, 2];

  it.each(['exit', 'kill'])('once (%s): the step is done by its successor', async (fault) => {
    await using plain = await make({}, { emulators: steady });
    await using faulty = await make({ fault, at: 4, marker: marker() });
    expect(await playActions(faulty, 3, actions)).toEqual(await playActions(plain, 3, actions));
    expect(faulty.emulators.recoveries).toBe(1);
  });

  it('brings back the options of the reset', async () => {
    const play = async (kwargs: object, options: MakeEnvOptions) => {
      await using env = await make(kwargs, options);
      const first = await env.reset({ seed: 1, options: { add: 17 } });
      return [summarize(first), summarize(await env.step(1)), summarize(await env.step(1))];
    };
    expect(await play({ fault: 'exit', at: 2, marker: marker() }, {})).toEqual(await play({}, { emulators: steady }));
  });

  it('at the same step each time: gives up on that call with the end of standard error, then goes on', async () => {
    await using env = await make({ fault: 'exit', at: 2 }, { maxRestarts: 2 });
    await env.reset({ seed: 0 });
    await env.step(0);
    const error = await expectCode(env.step(0), 'emulator_died');
    expect(error.message).toContain('exit status 3, again after 2 restarts');
    expect(error.message).toContain('about to exit at step 2');
    await expectCode(env.step(0), 'episode_over');
    expect((await env.reset({ seed: 0 })).kind).toBe('first');
    expect((await env.step(0)).kind).toBe('mid');
  });

  it('at the same step each time: costs only the call it dies of', async () => {
    await using emulators = await startEmulators({ maxRestarts: 1 });
    await using bad = await make({ fault: 'kill', at: 2 }, { emulators });
    await using good = await make({}, { emulators });
    const undisturbed = await playActions(good, 5, actions);
    await bad.reset({ seed: 0 });
    await bad.step(0);
    await good.reset({ seed: 5 });
    await good.step(actions[0] as number);
    const [lost, kept] = await Promise.allSettled([bad.step(0), good.step(actions[1] as number)]);
    await expectCode(Promise.reject((lost as PromiseRejectedResult).reason), 'emulator_died');
    expect(kept.status === 'fulfilled' && summarize(kept.value)).toEqual(undisturbed[2]);
    expect(summarize(await good.step(actions[2] as number))).toEqual(undisturbed[3]);
  });

  it('dies at once with `recover: false`, and stays dead', async () => {
    await using env = await make({ fault: 'exit', at: 1 }, { recover: false });
    await env.reset({ seed: 0 });
    const calls = [env.step(0), env.step(1), env.reset({ seed: 1 })];
    for (const call of calls) {
      const error = await expectCode(call, 'emulator_died');
      expect(error.message).toContain('exit status 3');
    }
    await expectCode(env.reset({ seed: 1 }), 'emulator_died');
  });

  it('fails loudly where the replay comes out otherwise, and can be reset', async () => {
    await using env = await make({ births: marker(), fault: 'exit', at: 3, marker: marker() });
    await env.reset({ seed: 0 });
    await env.step(0);
    await env.step(0);
    const error = await expectCode(env.step(0), 'state_mismatch');
    expect(error.message).toContain('seed 0, after 0 decisions');
    await expectCode(env.step(0), 'state_mismatch');
    expect((await env.reset({ seed: 0 })).kind).toBe('first');
    expect((await env.step(0)).kind).toBe('mid');
  });

  it('gives up when no process can be brought back', async () => {
    await using env = await make({ episode: 5 }, { maxRestarts: 2 });
    const { AGENT_PYTHON } = process.env;
    process.env.AGENT_PYTHON = '/bin/false';
    try {
      kill(env);
      const error = await expectCode(env.reset({ seed: 0 }), 'emulator_died');
      expect(error.message).toContain('exit status 1, again after 2 restarts');
    } finally {
      if (AGENT_PYTHON === undefined) delete process.env.AGENT_PYTHON;
      else process.env.AGENT_PYTHON = AGENT_PYTHON;
    }
  });

  it('is replaced while nothing is asked, too', async () => {
    await using env = await make({});
    const undisturbed = await playActions(env, 9, actions);
    await env.reset({ seed: 9 });
    kill(env);
    await eventually(() => env.emulators.recoveries === 1, 'a recovery');
    const steps = [];
    for (const action of actions) steps.push(summarize(await env.step(action)));
    expect(steps).toEqual(undisturbed.slice(1));
  });

  it('is stopped for longer than the time allowed: the step is done by its successor', async () => {
    await using plain = await make({}, { emulators: steady });
    await using env = await make({}, { timeoutMs: 1500 });
    const undisturbed = await playActions(plain, 3, actions);
    const steps = [summarize(await env.reset({ seed: 3 }))];
    for (const [index, action] of actions.entries()) {
      if (index === 3) process.kill(env.emulators.pids[0] as number, 'SIGSTOP');
      steps.push(summarize(await env.step(action)));
    }
    expect(steps).toEqual(undisturbed);
    expect(env.emulators.recoveries).toBe(1);
  });

  it('hangs once: the step is done by its successor', async () => {
    await using plain = await make({}, { emulators: steady });
    await using env = await make({ fault: 'hang', at: 3, marker: marker() }, { timeoutMs: 1500 });
    expect(await playActions(env, 3, actions)).toEqual(await playActions(plain, 3, actions));
    expect(env.emulators.recoveries).toBe(1);
  });

  it('hangs each time: the call is given up after its second process, the others go on', async () => {
    await using emulators = await startEmulators({ timeoutMs: 1500 });
    await using good = await make({}, { emulators });
    await using bad = await make({ fault: 'hang', at: 1 }, { emulators });
    await bad.reset({ seed: 0 });
    await good.reset({ seed: 2 });
    const hanging = expectCode(bad.step(0), 'emulator_timeout');
    const waiting = good.step(1); // behind it, in the same process
    await hanging;
    expect((await waiting).kind).toBe('mid');
    await expectCode(bad.step(0), 'episode_over');
    expect((await bad.reset({ seed: 0 })).kind).toBe('first');
  });

  it('can be closed in the middle of a recovery', async () => {
    const env = await make({});
    await env.reset({ seed: 0 });
    kill(env);
    const step = env.step(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([env.close(), expectCode(step, 'cancelled')]);
  });
});
