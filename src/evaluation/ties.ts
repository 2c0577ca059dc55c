/**
 * Scores that are one and the same but for rounding. A score is a sum of rewards; the same rewards in another order, or
 * two ways to the same score, differ in the last digits, and that is no win.
 */

const RELATIVE = 1e-9;
const ABSOLUTE = 1e-9;

/** Whether two scores differ by no more than 1e-9, or by a billionth of the larger one. */
export function isTie(a: number, b: number): boolean {
  return Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b));
}

/** Whether all scores are ties with each other; true of none and of one. */
export function areAllTies(values: ArrayLike<number>): boolean {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    lowest = Math.min(lowest, values[i] as number);
    highest = Math.max(highest, values[i] as number);
  }
  return values.length < 2 || isTie(lowest, highest);
}

/** The lists with scores that are ties made equal, across all of them, so that `<` and `===` tell what they should. */
export function withTiesEqual(lists: readonly (readonly number[])[]): number[][] {
  const order = [...new Set(lists.flat())].sort((a, b) => a - b);
  const standsFor = new Map<number, number>();
  let first = Number.NaN;
  for (const value of order) {
    if (!isTie(first, value)) first = value;
    standsFor.set(value, first);
  }
  return lists.map((values) => values.map((value) => standsFor.get(value) as number));
}
