/** Scores of actions as a person can read them. */
import type { Manifest } from '../record/schema.js';

/** `chances`: 0 to 1, they sum to 1; `values`: expected returns, in the policy's own scale. */
export interface ShownScores {
  readonly kind: 'chances' | 'values';
  readonly numbers: readonly number[];
}

/**
 * What a decision's scores say about `count` actions. Log-probabilities and logits become chances; the Q-values of
 * DQN and its kin are expected returns and stay what they are. Null where there is not one finite number an action.
 */
export function readScores(
  scores: readonly number[] | undefined,
  count: number,
  { provenance }: Pick<Manifest['policy'], 'provenance'>,
): ShownScores | null {
  if (scores?.length !== count || count === 0) return null;
  if (/dqn/i.test(String(provenance.algorithm ?? ''))) {
    return scores.every(Number.isFinite) ? { kind: 'values', numbers: scores } : null;
  }
  const highest = Math.max(...scores);
  // An action that is ruled out has a log-probability of minus infinity: its chance is 0.
  if (!Number.isFinite(highest)) return null;
  const weights = scores.map((score) => Math.exp(score - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { kind: 'chances', numbers: weights.map((weight) => weight / sum) };
}
