/** What counts as right at each token of an action's name, when the expert finds several actions likely. */
import type { WeightedToken } from '../../model/learning/index.js';

/** Tokens less likely than this are left out: they teach nothing. */
const LEAST_PROBABILITY = 0.02;

/**
 * The distribution of each token of the chosen answer, given the tokens before it: that of all actions whose names
 * begin alike. Read along answers that are drawn by the same probabilities, the loss is the cross entropy with the
 * expert's whole distribution, at the price of one answer.
 * @param answers token ids of each action's name with its end.
 * @param probabilities of the actions; they need not add up to 1.
 */
export function answerTargets(
  answers: readonly (readonly number[])[],
  probabilities: readonly number[],
  chosen: number,
): WeightedToken[][] {
  const read = answers[chosen] as readonly number[];
  return read.map((_, place) => {
    const shares = new Map<number, number>();
    let total = 0;
    for (const [action, answer] of answers.entries()) {
      const token = answer[place];
      if (token === undefined || read.slice(0, place).some((before, i) => answer[i] !== before)) continue;
      const probability = probabilities[action] as number;
      shares.set(token, (shares.get(token) ?? 0) + probability);
      total += probability;
    }
    const likely = [...shares].filter(([, share]) => share >= LEAST_PROBABILITY * total);
    const kept = likely.reduce((sum, [, share]) => sum + share, 0);
    return likely.map(([token, share]) => ({ token, weight: share / kept }));
  });
}
