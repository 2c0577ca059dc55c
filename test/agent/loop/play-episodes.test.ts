import { describe, expect, it } from 'vitest';
import { type EpisodeObserver, fromEnvs, newCounters, playEpisode, playEpisodes } from '../../../src/agent/index.js';
import { AgentError, hashArray } from '../../../src/core/index.js';
import { createPolicy } from '../../../src/players/index.js';
import { alwaysGas, episode, options, recorder } from '../support/episodes.js';
import { fakeEnvironment, frame } from '../support/fake-environment.js';
import { fakePolicy } from '../support/fake-policy.js';
import { carracing, withAnswers } from '../support/games.js';

describe('one episode', () => {
  it('is reset with its seed, played to the end and recorded', async () => {
    const { observer, steps, events, ends } = recorder();
    const end = await playEpisode({ ...options(), episode: episode(observer) });
    expect(end).toMatchObject({
      episode: 'one',
      seed: 7,
      status: 'finished',
      ending: 'terminated',
      steps: 3,
      score: 9,
    });
    expect(end.counters).toEqual({ ...newCounters(), decisions: 3 });
    expect(events).toEqual(['start one 7', `reset ${hashArray(frame(7))}`]);
    expect(steps.map(({ step, executed, reward, terminated }) => [step, executed, reward, terminated])).toEqual([
      [1, 3, 3, false],
      [2, 3, 3, false],
      [3, 3, 3, true],
    ]);
    expect(steps[2]?.observationHash).toBe(hashArray(frame(10)));
    expect(steps[0]?.info).toEqual({ lives: 3 });
    expect(ends).toEqual([end]);
  });

  it('tells truncation from termination', async () => {
    const end = await playEpisode({ ...options({ ending: 'truncated' }), episode: episode() });
    expect(end).toMatchObject({ status: 'finished', ending: 'truncated' });
  });

  it('shows the policy the stacked frames, the newest last', async () => {
    const policy = alwaysGas();
    await playEpisode({ ...options({}, { policy }), episode: episode() });
    const shown = policy.calls.map(([situation]) => situation?.frames.map(({ data }) => data[0]));
    expect(shown).toEqual([
      [7, 7],
      [7, 8],
      [8, 9],
    ]);
    const [first, second] = policy.calls.map(([situation]) => situation);
    expect(second?.frames[0]).toBe(first?.frames[1]);
    expect(second?.observation).toBe(second?.frames[1]);
    expect(policy.calls.map(([situation]) => situation?.step)).toEqual([0, 1, 2]);
    expect(policy.events).toEqual(['begin one', 'end one']);
  });

  it('adds up rewards in order, in double precision', async () => {
    const rewards = [0.1, 1e16, -1e16, 0.2];
    const reward = (_: unknown, step: number) => rewards[step - 1] as number;
    const end = await playEpisode({ ...options({ length: 4, reward }), episode: episode() });
    expect(end.score).toBe(rewards.reduce((sum, one) => sum + one, 0));
  });

  it('stops at the limit of decisions, unless it ends there by itself', async () => {
    const stopped = await playEpisode({ ...options({ length: 5 }), maxDecisions: 2, episode: episode() });
    expect(stopped).toMatchObject({ status: 'stopped', ending: null, steps: 2, reason: expect.stringContaining('2') });
    const finished = await playEpisode({ ...options({ length: 2 }), maxDecisions: 2, episode: episode() });
    expect(finished).toMatchObject({ status: 'finished', steps: 2 });
  });

  it('stops where the policy wants to', async () => {
    const policy = fakePolicy(({ step }) => (step < 2 ? 1 : { kind: 'stop', reason: 'tired' }));
    const end = await playEpisode({ ...options({ length: 9 }, { policy }), episode: episode() });
    expect(end).toMatchObject({ status: 'stopped', reason: 'tired', steps: 2, error: null });
  });

  it('records raw, parsed and executed action where the fallback was taken', async () => {
    const { observer, steps } = recorder();
    const policy = fakePolicy(({ step }) => (step === 1 ? 'left or right' : 'gas'));
    const game = withAnswers({ retries: 1, fallback: 4 });
    const end = await playEpisode({ ...options({}, { policy, game }), episode: episode(observer) });
    expect(steps[1]).toMatchObject({
      raw: 'left or right',
      parse: { ok: false, reason: 'ambiguous' },
      answered: null,
      executed: 4,
      reward: 4,
      fallback: 'ambiguous',
      attempts: 2,
    });
    expect(end.counters).toEqual({
      ...newCounters(),
      decisions: 3,
      parsed: 2,
      ambiguous: 2,
      retries: 1,
      fallbacks: 1,
    });
  });

  it('gives records that are plain JSON, and the same each time but for the timings', async () => {
    const play = async () => {
      const { observer, steps } = recorder();
      const policy = await createPolicy('random', { game: carracing });
      await playEpisode({ ...options({ length: 20 }), policy, episode: episode(observer) });
      return steps.map(({ timings, ...others }) => others);
    };
    const [first, second] = [await play(), await play()];
    expect(first).toEqual(second);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(new Set(first.map(({ executed }) => executed)).size).toBeGreaterThan(2);
  });
});

describe('trouble', () => {
  it('of the emulator fails the episode with its error, and keeps the score so far', async () => {
    const { observer, ends } = recorder();
    const end = await playEpisode({ ...options({ failAt: 2 }), episode: episode(observer) });
    expect(end).toMatchObject({ status: 'failed', steps: 1, score: 3, error: { code: 'env_failure' } });
    expect(ends).toEqual([end]);
  });

  it('at the reset is told to observers too', async () => {
    const { observer, events, ends } = recorder();
    const policy = alwaysGas();
    const end = await playEpisode({ ...options({ failAt: 0 }, { policy }), episode: episode(observer) });
    expect(end).toMatchObject({ status: 'failed', steps: 0 });
    expect(events).toEqual(['start one 7']);
    expect(ends).toHaveLength(1);
    expect(policy.events).toEqual(['begin one', 'end one']);
  });

  it('with a reward that is no number fails the episode instead of spoiling the score', async () => {
    const end = await playEpisode({ ...options({ reward: () => Number.NaN }), episode: episode() });
    expect(end).toMatchObject({ status: 'failed', score: 0, error: { code: 'env_failure' } });
  });

  it('of the policy fails the episode', async () => {
    const policy = fakePolicy(() => new AgentError('connection', 'gone'));
    const patience = { tries: 1, firstMs: 1 };
    const end = await playEpisode({ ...options({}, { policy }), patience, episode: episode() });
    expect(end).toMatchObject({ status: 'failed', error: { code: 'connection' }, counters: { modelErrors: 3 } });
  });

  it.each(['begin', 'end'] as const)("in a policy's %s fails the episode", async (method) => {
    const policy = { ...alwaysGas(), [method]: () => Promise.reject(new Error('out of memory')) };
    const end = await playEpisode({ ...options({}, { policy }), episode: episode() });
    expect(end).toMatchObject({ status: 'failed', error: { code: 'policy_failure', summary: 'out of memory' } });
  });

  it.each([
    ['onStart', 0],
    ['onReset', 0],
    ['onStep', 1],
    ['onEnd', 3],
  ] as const)('of an observer in %s fails the episode, and the others still hear the end', async (method, steps) => {
    const full = new AgentError('record', 'the disk is full');
    const broken: EpisodeObserver = { [method]: () => Promise.reject(full) };
    const { observer, ends } = recorder();
    const end = await playEpisode({ ...options(), episode: { id: 'one', seed: 7, observers: [observer, broken] } });
    expect(end).toMatchObject({ status: 'failed', error: full, steps });
    expect(ends).toHaveLength(1);
  });

  it('tells the end to observers that had begun when another one failed to', async () => {
    const first = recorder();
    const last = recorder();
    const broken: EpisodeObserver = { onStart: () => Promise.reject(new Error('no')) };
    const observers = [first.observer, broken, last.observer];
    await playEpisode({ ...options(), episode: { id: 'one', seed: 7, observers } });
    expect([first.ends.length, last.ends.length]).toEqual([1, 0]);
  });
});

describe('cancelling', () => {
  it('ends the episode between two steps, with its observers told', async () => {
    const controller = new AbortController();
    const { observer, ends } = recorder();
    const onStep = (_: unknown, step: number) => void (step === 2 && controller.abort());
    const end = await playEpisode({
      ...options({ length: 9, onStep }),
      signal: controller.signal,
      episode: episode(observer),
    });
    expect(end).toMatchObject({ status: 'cancelled', steps: 2, score: 6, error: { code: 'cancelled' } });
    expect(ends).toEqual([end]);
  });

  it('does not wait for a policy that thinks', async () => {
    const controller = new AbortController();
    const policy = fakePolicy(() => () => new Promise(() => {}));
    setTimeout(() => controller.abort(), 10);
    const end = await playEpisode({ ...options({}, { policy }), signal: controller.signal, episode: episode() });
    expect(end).toMatchObject({ status: 'cancelled', steps: 0, counters: { modelErrors: 0, timeouts: 0 } });
  });

  it('also ends the episodes that had not begun, which their observers never hear of', async () => {
    const controller = new AbortController();
    controller.abort();
    const { observer, events, ends } = recorder();
    const end = await playEpisode({ ...options(), signal: controller.signal, episode: episode(observer) });
    expect(end.status).toBe('cancelled');
    expect([events, ends]).toEqual([[], []]);
  });
});

describe('wrong use', () => {
  it.each([
    [
      'a game with other actions than the environment',
      { environments: fromEnvs([fakeEnvironment({ actions: 4 })]) },
      'config',
    ],
    ['two episodes of one id', { episodes: [episode(), episode()] }, 'usage'],
    ['no decisions at all', { maxDecisions: 0 }, 'usage'],
  ])('is refused: %s', async (_, changes, code) => {
    await expect(playEpisodes({ ...options(), episodes: [episode()], ...changes })).rejects.toMatchObject({ code });
  });

  it('is refused: nothing to play on', () => {
    expect(() => fromEnvs([])).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
