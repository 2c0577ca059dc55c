/** Environments as the episode loop takes them: several single ones, or a vector environment of the bridge. */
import { AgentError, type Env, type NdArray, type TimeStep } from '../../core/index.js';
import type { GymStep, VectorEnv, VectorStep } from '../../env-bridge/index.js';
import type { Action } from '../policy.js';
import type { EpisodeEnvironments } from './episode.js';

/** Single environments of one spec, each a slot. They stay the caller's to close. */
export function fromEnvs(envs: readonly Env<NdArray, Action>[]): EpisodeEnvironments {
  const [first] = envs;
  if (first === undefined)
    throw new AgentError('usage', 'there is no environment to play on', { expected: 'one or more' });
  const at = (slot: number): Env<NdArray, Action> => envs[slot] as Env<NdArray, Action>;
  return {
    spec: first.spec,
    count: envs.length,
    reset: (requests, options) =>
      Promise.allSettled(requests.map(async ({ slot, seed }) => at(slot).reset({ seed, ...options }))),
    step: (requests, options) =>
      Promise.allSettled(requests.map(async ({ slot, action }) => at(slot).step(action, options))),
  };
}

/**
 * A vector environment: one message a process and round. With `frames` its steps carry the rendered pictures, for
 * observers that make videos.
 */
export function fromVectorEnv(
  vector: VectorEnv,
  { frames = false } = {},
): EpisodeEnvironments<TimeStep<NdArray> & GymStep> {
  return {
    spec: vector.spec,
    count: vector.count,
    reset: async (requests, options) => {
      const envs = requests.map(({ slot }) => slot);
      const steps = await vector.reset(
        requests.map(({ seed }) => seed),
        { ...options, envs, frames },
      );
      return steps.map(settled);
    },
    step: async (requests, options) => {
      const envs = requests.map(({ slot }) => slot);
      const steps = await vector.step(
        requests.map(({ action }) => action),
        { ...options, envs, frames },
      );
      return steps.map(settled);
    },
  };
}

function settled(step: VectorStep): PromiseSettledResult<GymStep> {
  return step.kind === 'failed' ? { status: 'rejected', reason: step.error } : { status: 'fulfilled', value: step };
}
