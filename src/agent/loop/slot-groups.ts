/**
 * Slots in groups whose episodes are asked about together. With two groups the emulators of one step while the policy
 * thinks about the other: both are busy, where one would wait for the other.
 */
import type { NdArray, TimeStep } from '../../core/index.js';
import type { Policy } from '../policy.js';
import type { Clock } from './clock.js';
import type { ComingStep } from './coming-steps.js';
import type { EpisodeEnvironments } from './episode.js';
import type { RunningEpisode } from './running-episode.js';

/** Slots from which on there are two groups: halves of fewer would make batches that do not pay. */
const SLOTS_OF_TWO = 8;

/** An episode, and the action that its emulator was given. */
export type Acting<T extends TimeStep<NdArray>> = { readonly episode: RunningEpisode<T> } & ComingStep;

export class SlotGroup<T extends TimeStep<NdArray>> {
  running: RunningEpisode<T>[] = [];
  /** Actions that are under way, and what comes of them. */
  flight:
    | { readonly acting: readonly Acting<T>[]; readonly answer: Promise<readonly PromiseSettledResult<T>[]> }
    | undefined;

  /** @param free slots without an episode. */
  constructor(readonly free: number[]) {}

  /** Takes the episodes out that are over. */
  takeOver(): RunningEpisode<T>[] {
    const over = this.running.filter((episode) => !isOngoing(episode));
    this.running = this.running.filter(isOngoing);
    return over;
  }
}

export const isOngoing = (episode: { readonly outcome: unknown }): boolean => episode.outcome === undefined;

/** Two groups where the policy computes in this process and slots are enough; one on a clock that does not wait. */
export function slotGroups<T extends TimeStep<NdArray>>(options: {
  readonly policy: Policy;
  readonly environments: Pick<EpisodeEnvironments, 'count'>;
  readonly clock?: Clock;
}): SlotGroup<T>[] {
  const { policy, environments, clock = null } = options;
  const count = policy.computesHere && clock === null && environments.count >= SLOTS_OF_TWO ? 2 : 1;
  const slots = Array.from({ length: environments.count }, (_, slot) => slot);
  const size = Math.ceil(slots.length / count);
  return Array.from({ length: count }, (_, i) => new SlotGroup<T>(slots.slice(i * size, (i + 1) * size)));
}
