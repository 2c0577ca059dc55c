/** How many demonstrations a model needs for a score. */

/** A model's mean score with so many episodes of demonstrations. */
export interface CurvePoint {
  readonly budget: number;
  readonly mean: number;
}

export interface Reached {
  /** Episodes of demonstrations; null where the curve never comes so high. */
  readonly episodes: number | null;
  /** The smallest budget is enough already: `episodes` is that budget, and fewer may do. */
  readonly isAtMost: boolean;
}

/**
 * Where the curve first comes to `score`: straight between two budgets on an axis of logarithms.
 * @param curve by budget, ascending.
 */
export function reached(curve: readonly CurvePoint[], score: number): Reached {
  const index = curve.findIndex(({ mean }) => mean >= score);
  const [above, below] = [curve[index], curve[index - 1]];
  if (above === undefined) return { episodes: null, isAtMost: false };
  if (below === undefined) return { episodes: above.budget, isAtMost: true };
  const share = (score - below.mean) / (above.mean - below.mean);
  return { episodes: below.budget * (above.budget / below.budget) ** share, isAtMost: false };
}
