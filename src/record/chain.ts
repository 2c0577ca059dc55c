/**
 * The hash chain of an episode: one string that stands for everything deterministic in it. Two runs with equal chains
 * executed the same actions and got the same rewards, flags and observations; times, raw answers and versions are not
 * in it.
 */
import { chainHash } from '../core/index.js';
import type { ResetLine, StepLine } from './schema.js';

/** The first link, of the observation that `reset` gave. */
export function resetLink({ observation }: Pick<ResetLine, 'observation'>): string {
  return chainHash('', JSON.stringify([observation]));
}

type Deterministic = Pick<StepLine, 'executed' | 'reward' | 'terminated' | 'truncated' | 'observation'>;

/** The link of a decision. The text is JSON as `JSON.stringify` writes it: shortest numbers that read back equal. */
export function stepLink(previous: string, step: Deterministic): string {
  const { executed, reward, terminated, truncated, observation } = step;
  return chainHash(previous, JSON.stringify([executed, reward, terminated, truncated, observation]));
}
