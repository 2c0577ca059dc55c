/** Steps that nobody is asked for: an action held on, a list that an answer planned, and a game that does not wait. */
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  fromEnvs,
  type PlayOptions,
  parseClock,
  playEpisode,
  playEpisodes,
} from '../../../src/agent/index.js';
import type { EnvSpec } from '../../../src/core/index.js';
import { episode, recorder } from '../support/episodes.js';
import { fakeEnvironment, fakeSpec } from '../support/fake-environment.js';
import { fakePolicy, type Reply } from '../support/fake-policy.js';
import { carracing } from '../support/games.js';

async function play(reply: () => Reply, changes: Partial<PlayOptions> = {}, spec: Partial<EnvSpec> = {}) {
  const watched = recorder();
  const policy = fakePolicy(reply);
  const env = fakeEnvironment({ length: 12 });
  const end = await playEpisode({
    game: carracing,
    policy,
    environments: { ...fromEnvs([env]), spec: { ...env.spec, framesPerSecond: 50, frameSkip: 2, ...spec } },
    episode: episode(watched.observer),
    ...changes,
  });
  const executed = watched.steps.map((step) => step.executed);
  return { ...watched, end, executed, origins: watched.steps.map(({ origin }) => origin ?? 'asked'), policy };
}

const thought = (latencyMs: number): Answer => ({
  kind: 'text',
  raw: 'left',
  service: { finish: 'stop', request: 'f'.repeat(64), isCached: false, latencyMs, requests: 1, cost: null, failed: [] },
});

describe('an action that is held', () => {
  it('is executed for so many decisions, and asked for once', async () => {
    const { executed, origins, policy, end, steps } = await play(() => 'left', {
      game: { ...carracing, play: { hold: 4 } },
    });
    expect(executed).toEqual(Array(12).fill(2));
    expect(origins.slice(0, 5)).toEqual(['asked', 'held', 'held', 'held', 'asked']);
    expect(policy.calls).toHaveLength(3);
    expect(end.counters).toMatchObject({ decisions: 12, parsed: 3, held: 9, retries: 0 });
    expect(policy.calls.map(([situation]) => situation?.unasked?.length)).toEqual([undefined, 3, 3]);
    expect(steps[1]).toMatchObject({ raw: null, parse: null, answered: null, attempts: 0, rejected: [] });
  });
});

describe('a list of actions', () => {
  it('is executed one after another, up to the most that the game takes', async () => {
    const { executed, origins, policy } = await play(() => 'Actions: left, gas, brake, right', {
      game: { ...carracing, play: { plan: 3 } },
    });
    expect(executed.slice(0, 6)).toEqual([2, 3, 4, 2, 3, 4]);
    expect(origins.slice(0, 4)).toEqual(['asked', 'planned', 'planned', 'asked']);
    expect(policy.calls).toHaveLength(4);
  });

  it('is no answer where a game does not take lists', async () => {
    const { end } = await play(() => 'left, gas');
    expect(end.counters.ambiguous).toBeGreaterThan(0);
  });
});

describe('a clock that does not wait', () => {
  it('lets the game go on with its waiting action, as long as the service took', async () => {
    // 25 decisions a second: 100 ms are 2.5 of them.
    const { executed, origins, end } = await play(() => thought(100), { clock: 1 });
    expect(origins.slice(0, 6)).toEqual(['waiting', 'waiting', 'asked', 'waiting', 'waiting', 'asked']);
    expect(executed.slice(0, 3)).toEqual([carracing.noop, carracing.noop, 2]);
    expect(end).toMatchObject({ steps: 12, counters: { waiting: 8, parsed: 4 } });
  });

  it('runs at a part of its speed', async () => {
    const { end } = await play(() => thought(100), { clock: 0.5 });
    expect(end.counters).toMatchObject({ waiting: 6, parsed: 6 });
  });

  it('stands still unless it is asked for', async () => {
    expect((await play(() => thought(10_000))).end.counters).toMatchObject({ waiting: 0, parsed: 12 });
  });

  it('takes the time of the policy where no service tells one', async () => {
    const slow = () => new Promise<Answer>((answer) => setTimeout(answer, 100, { kind: 'text', raw: 'left' }));
    const { end } = await play(() => slow, { clock: 1 });
    expect(end.counters.waiting).toBeGreaterThanOrEqual(4);
  });

  it('asks about one episode at a time', async () => {
    const policy = fakePolicy(() => thought(0));
    const envs = [fakeEnvironment({ length: 3 }), fakeEnvironment({ length: 3 })];
    const spec = { ...fakeSpec(), framesPerSecond: 50 };
    const episodes = [1, 2].map((seed) => ({ id: String(seed), seed }));
    await playEpisodes({ game: carracing, policy, environments: { ...fromEnvs(envs), spec }, episodes, clock: 1 });
    expect(policy.calls.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('needs a waiting action and frames a second', async () => {
    const unsupported = { code: 'unsupported_env' };
    await expect(play(() => 'left', { clock: 1, game: { ...carracing, noop: null } })).rejects.toMatchObject(
      unsupported,
    );
    await expect(play(() => 'left', { clock: 1 }, { framesPerSecond: null })).rejects.toMatchObject(unsupported);
  });

  it('is written in words', () => {
    expect(['paused', 'real', 'real:0.5'].map(parseClock)).toEqual([null, 1, 0.5]);
    for (const text of ['', 'fast', 'real:', 'real:0', 'real:-1', 'real:x']) expect(() => parseClock(text)).toThrow();
  });
});
