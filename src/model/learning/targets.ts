/** What counts as right at each token of the answers, and how much. */
import { AgentError } from '../../core/errors.js';
import type { Target } from '../ops/index.js';
import type { AnsweredPrompt, AnswerLayout } from '../sequence/answers.js';

/** A token that counts as right, with its share. */
export interface WeightedToken {
  readonly token: number;
  /** Not negative. The weights of a place together are what the place counts in the mean. */
  readonly weight: number;
}

/** A prompt with the answers that are right. */
export interface TrainingRow extends AnsweredPrompt {
  /**
   * By answer and by token of the answer: what is right there, where it is not the answer's own token with weight 1.
   * Several tokens share the place, as the neighbours of a number do; none (or weight 0) leaves the place out of the
   * loss. The answer's own tokens are read all the same.
   */
  readonly targets?: readonly (readonly (readonly WeightedToken[] | undefined)[] | undefined)[];
}

/** Which rows of hidden states the loss needs, and what is right in each. */
export interface BatchTargets {
  /** Flat indices of hidden states; those that nothing counts at are not among them. */
  readonly hiddenRows: readonly number[];
  /** `row` counts in `hiddenRows`. */
  readonly targets: readonly Target[];
  /** The sum of all weights. */
  readonly total: number;
}

/**
 * Brings the targets of the rows together with where their probabilities are read.
 * Throws `usage` where a weight is negative or no number, or where nothing counts at all.
 */
export function targetsOf(rows: readonly TrainingRow[], { hiddenRows, readings }: AnswerLayout): BatchTargets {
  const places = new Map<number, number>();
  const targets: Target[] = [];
  let total = 0;
  readings.forEach((ofRow, i) => {
    ofRow.forEach((ofAnswer, j) => {
      ofAnswer.forEach(({ row: reading, token: own }, k) => {
        for (const { token, weight } of rows[i]?.targets?.[j]?.[k] ?? [{ token: own, weight: 1 }]) {
          requireWeight(weight, `row ${i}, answer ${j}, token ${k}`);
          if (weight === 0) continue;
          const hidden = hiddenRows[reading] as number;
          const row = places.get(hidden) ?? places.size;
          places.set(hidden, row);
          targets.push({ row, token, weight });
          total += weight;
        }
      });
    });
  });
  if (targets.length > 0) return { hiddenRows: [...places.keys()], targets, total };
  throw new AgentError('usage', 'nothing of the batch counts in the loss', {
    expected: 'at least one answer token with a weight above 0',
    got: 'none',
  });
}

function requireWeight(weight: number, where: string): void {
  if (Number.isFinite(weight) && weight >= 0) return;
  throw new AgentError('usage', 'A target has no usable weight', {
    expected: 'a number of at least 0',
    got: String(weight),
    where,
  });
}
