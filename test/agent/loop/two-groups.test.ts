/** A policy that computes here thinks about half of the episodes while the emulators of the others are at work. */
import { describe, expect, it } from 'vitest';
import {
  type EpisodeEnvironments,
  type EpisodeObserver,
  fromEnvs,
  type Policy,
  playEpisodes,
} from '../../../src/agent/index.js';
import { createPolicy } from '../../../src/players/index.js';
import { alwaysGas, recorder } from '../support/episodes.js';
import { fakeEnvironment } from '../support/fake-environment.js';
import { fakePolicy } from '../support/fake-policy.js';
import { carracing } from '../support/games.js';

const plans = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `e${i}`, seed: i }));
const computing = <P extends Policy>(policy: P): P => ({ ...policy, computesHere: true });
const environmentsOf = (slots: number, length: (slot: number) => number = () => 3) =>
  fromEnvs(Array.from({ length: slots }, (_, slot) => fakeEnvironment({ length: length(slot) })));

/** Tells of each step of the environments when it begins and when it is done, by the slots. */
function watched(environments: EpisodeEnvironments, told: string[]): EpisodeEnvironments {
  return {
    ...environments,
    step: async (requests, options) => {
      const slots = requests.map(({ slot }) => slot).join('');
      told.push(`send ${slots}`);
      const results = await environments.step(requests, options);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`done ${slots}`);
      return results;
    },
  };
}

describe('two groups', () => {
  it('one is thought about while the other is under way', async () => {
    const told: string[] = [];
    const policy = fakePolicy(({ episode }) => {
      if (['e0', 'e4'].includes(episode)) told.push(`think ${episode}`);
      return 3;
    });
    const environments = watched(
      environmentsOf(8, () => 2),
      told,
    );
    await playEpisodes({ game: carracing, policy: computing(policy), environments, episodes: plans(8) });
    expect(told.filter((line) => !line.startsWith('done'))).toEqual([
      'think e0',
      'send 0123',
      'think e4',
      'send 4567',
      'think e0',
      'send 0123',
      'think e4',
      'send 4567',
    ]);
    expect(told.indexOf('think e4')).toBeLessThan(told.indexOf('done 0123'));
    expect(policy.calls.map((batch) => batch.length)).toEqual([4, 4, 4, 4]);
  });

  it.each([
    ['a service', alwaysGas(), 8],
    ['too few slots', computing(alwaysGas()), 7],
  ])('not for %s', async (_, policy, slots) => {
    await playEpisodes({ game: carracing, policy, environments: environmentsOf(slots), episodes: plans(slots) });
    expect(policy.calls.map((batch) => batch.length)).toEqual([slots, slots, slots]);
  });

  it('play what one plays, whatever the lengths, and end in the order they were asked for', async () => {
    const play = async (isComputing: boolean) => {
      const recorders = plans(30).map(() => recorder());
      const episodes = plans(30).map((plan, i) => ({
        ...plan,
        observers: [recorders[i]?.observer as EpisodeObserver],
      }));
      const random = await createPolicy('random', { game: carracing });
      const policy = isComputing ? computing(random) : random;
      const environments = environmentsOf(9, () => 12);
      const ends = await playEpisodes({ game: carracing, policy, environments, episodes });
      expect(ends.map(({ episode }) => episode)).toEqual(episodes.map(({ id }) => id));
      return recorders.map(({ steps }) => steps.map(({ timings, ...others }) => others));
    };
    expect(await play(true)).toEqual(await play(false));
  });

  it('a failure stays that of its episode', async () => {
    const envs = Array.from({ length: 8 }, (_, slot) => fakeEnvironment(slot === 5 ? { failAt: 2 } : {}));
    const policy = computing(alwaysGas());
    const ends = await playEpisodes({ game: carracing, policy, environments: fromEnvs(envs), episodes: plans(8) });
    expect(ends.map(({ status }) => status)).toEqual(plans(8).map((_, i) => (i === 5 ? 'failed' : 'finished')));
  });

  it('a caller who cancels ends both, and the episodes that have not begun', async () => {
    const controller = new AbortController();
    const policy = fakePolicy(({ step, episode }) => {
      if (step === 1 && episode === 'e4') controller.abort();
      return 3;
    });
    const ends = await playEpisodes({
      ...{ game: carracing, policy: computing(policy), environments: environmentsOf(8, () => 9), episodes: plans(12) },
      signal: controller.signal,
    });
    expect(ends.map(({ status }) => status)).toEqual(Array(12).fill('cancelled'));
    expect(policy.events.filter((event) => event.startsWith('end'))).toHaveLength(12);
  });

  it('of a source as well, one after the other', async () => {
    const waiting = plans(11);
    const asked: boolean[] = [];
    const ended: string[] = [];
    await playEpisodes({
      ...{ game: carracing, policy: computing(alwaysGas()), environments: environmentsOf(8, (slot) => slot + 1) },
      episodes: {
        take: async (most, mayWait) => {
          asked.push(mayWait);
          return waiting
            .splice(0, Math.min(most, 3))
            .map((plan) => ({ ...plan, observers: [{ onEnd: ({ episode }) => void ended.push(episode) }] }));
        },
      },
    });
    expect(ended.toSorted()).toEqual(
      plans(11)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(asked.filter(Boolean)).toHaveLength(2); // at the beginning, and when nothing is left
  });
});
