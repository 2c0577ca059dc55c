/** What tests of the agent loop play, and what they watch it with. */
import {
  type EpisodeEnd,
  type EpisodeObserver,
  type EpisodePlan,
  fromEnvs,
  type PlayOptions,
  type StepRecord,
} from '../../../src/agent/index.js';
import { type FakeOptions, fakeEnvironment } from './fake-environment.js';
import { fakePolicy } from './fake-policy.js';
import { carracing } from './games.js';

/** Keeps everything it is told. */
export function recorder() {
  const steps: StepRecord[] = [];
  const events: string[] = [];
  const ends: EpisodeEnd[] = [];
  const observer: EpisodeObserver = {
    onStart: ({ episode, seed }) => void events.push(`start ${episode} ${seed}`),
    onReset: ({ observationHash }) => void events.push(`reset ${observationHash}`),
    onStep: (record) => void steps.push(record),
    onEnd: (end) => void ends.push(end),
  };
  return { observer, steps, events, ends };
}

export const alwaysGas = () => fakePolicy(() => 3);

export function options(fake: FakeOptions = {}, changes: Partial<PlayOptions> = {}): Omit<PlayOptions, 'episodes'> {
  return { game: carracing, policy: alwaysGas(), environments: fromEnvs([fakeEnvironment(fake)]), ...changes };
}

export const episode = (observer?: EpisodeObserver): EpisodePlan => ({
  id: 'one',
  seed: 7,
  ...(observer ? { observers: [observer] } : {}),
});
