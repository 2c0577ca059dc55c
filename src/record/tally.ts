/** What an episode adds up to: writer and verification count the same way because they count here. */
import { resetLink, stepLink } from './chain.js';
import type { EpisodeResult, ResetLine, StepLine } from './schema.js';

export type Tally = Pick<EpisodeResult, 'score' | 'decisions' | 'terminated' | 'truncated' | 'chain'>;

/** Before the first decision. */
export function startTally(reset: Pick<ResetLine, 'observation'>): Tally {
  return { score: 0, decisions: 0, terminated: false, truncated: false, chain: resetLink(reset) };
}

/** With one decision more. */
export function addStep({ score, decisions, chain }: Tally, step: Omit<StepLine, 'chain'>): Tally {
  return {
    score: score + step.reward,
    decisions: decisions + 1,
    terminated: step.terminated,
    truncated: step.truncated,
    chain: stepLink(chain, step),
  };
}
