import { describe, expect, it } from 'vitest';
import { type EpisodeObserver, fromEnvs, newCounters, playEpisodes, sumCounters } from '../../../src/agent/index.js';
import { AgentError } from '../../../src/core/index.js';
import { createPolicy } from '../../../src/players/index.js';
import { options, recorder } from '../support/episodes.js';
import { fakeEnvironment } from '../support/fake-environment.js';
import { fakePolicy } from '../support/fake-policy.js';
import { carracing } from '../support/games.js';

describe('several episodes', () => {
  const plans = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `e${i}`, seed: i }));

  it('are asked about in one call a round, and come back in the order they were asked for', async () => {
    const policy = fakePolicy(({ episode: id }) => Number(id.slice(1)));
    const environments = fromEnvs([4, 2, 3].map((length) => fakeEnvironment({ length })));
    const ends = await playEpisodes({ game: carracing, policy, environments, episodes: plans(3) });
    expect(policy.calls.map((batch) => batch.map((one) => one.episode))).toEqual([
      ['e0', 'e1', 'e2'],
      ['e0', 'e1', 'e2'],
      ['e0', 'e2'],
      ['e0'],
    ]);
    expect(ends.map(({ episode: id, steps, score }) => [id, steps, score])).toEqual([
      ['e0', 4, 0],
      ['e1', 2, 2],
      ['e2', 3, 6],
    ]);
  });

  it('take the slots that become free', async () => {
    const environments = [fakeEnvironment({ length: 5 }), fakeEnvironment({ length: 2 })];
    const ends = await playEpisodes({ ...options(), environments: fromEnvs(environments), episodes: plans(4) });
    expect(ends.map(({ status }) => status)).toEqual(Array(4).fill('finished'));
    expect(environments.map(({ seeds }) => seeds)).toEqual([[0], [1, 2, 3]]);
  });

  it('do not share a failure', async () => {
    const environments = fromEnvs([fakeEnvironment({ failAt: 2 }), fakeEnvironment()]);
    const ends = await playEpisodes({ ...options(), environments, episodes: plans(2) });
    expect(ends.map(({ status, score }) => [status, score])).toEqual([
      ['failed', 3],
      ['finished', 9],
    ]);
  });

  it('all fail where the call as a whole does', async () => {
    const environments = fromEnvs([fakeEnvironment(), fakeEnvironment()]);
    const broken = { ...environments, step: () => Promise.reject(new AgentError('emulator_died', 'killed')) };
    const ends = await playEpisodes({ ...options(), environments: broken, episodes: plans(2) });
    expect(ends.map(({ error }) => error?.code)).toEqual(['emulator_died', 'emulator_died']);
  });

  it('play the same whether alone or side by side', async () => {
    const play = async (slots: number) => {
      const recorders = plans(6).map(() => recorder());
      const episodes = plans(6).map((plan, i) => ({ ...plan, observers: [recorders[i]?.observer as EpisodeObserver] }));
      const environments = fromEnvs(Array.from({ length: slots }, () => fakeEnvironment({ length: 12 })));
      await playEpisodes({
        ...options(),
        policy: await createPolicy('random', { game: carracing }),
        environments,
        episodes,
      });
      return recorders.map(({ steps }) => steps.map(({ timings, ...others }) => others));
    };
    expect(await play(1)).toEqual(await play(4));
  });

  it('count together', async () => {
    const policy = fakePolicy(({ attempt }) => (attempt === 0 ? '' : 'gas'));
    const ends = await playEpisodes({ ...options({}, { policy }), episodes: plans(2) });
    const sum = sumCounters(ends.map(({ counters }) => counters));
    expect(sum).toEqual({ ...newCounters(), decisions: 6, parsed: 6, empty: 6, retries: 6 });
  });
});
