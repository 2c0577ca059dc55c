/**
 * The score so far over the decisions of an episode, in bounded memory: points at even distances, and whenever there
 * are too many, every other one goes and the distance doubles.
 */

/** Points a finished trace has at most, besides the start and the end. */
const MAX_POINTS = 128;

export interface Trace {
  readonly decisions: readonly number[];
  readonly scores: readonly number[];
}

export class ScoreTrace {
  #scores: number[] = [];
  #distance = 1;
  #decisions = 0;
  #last = 0;

  /** The next decision, with the score after it. */
  add(score: number): void {
    this.#decisions += 1;
    this.#last = score;
    if (this.#decisions % this.#distance !== 0) return;
    this.#scores.push(score);
    if (this.#scores.length <= MAX_POINTS) return;
    // Of the decisions d, 2d, 3d, … those that are multiples of 2d stay.
    this.#scores = this.#scores.filter((_, index) => index % 2 === 1);
    this.#distance *= 2;
  }

  /** From decision 0 with score 0 to the last decision, which is always there. */
  finish(): Trace {
    const decisions = [0, ...this.#scores.map((_, index) => (index + 1) * this.#distance)];
    const scores = [0, ...this.#scores];
    if (decisions.at(-1) !== this.#decisions) {
      decisions.push(this.#decisions);
      scores.push(this.#last);
    }
    return { decisions, scores };
  }
}

/** The score after `decision`: linear between two points, the last score behind the end. */
export function scoreAt({ decisions, scores }: Trace, decision: number): number {
  let [low, high] = [0, decisions.length - 1];
  if (decision >= (decisions[high] as number)) return scores[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((decisions[middle] as number) <= decision) low = middle;
    else high = middle;
  }
  const [from, to] = [decisions[low] as number, decisions[high] as number];
  const share = (decision - from) / (to - from);
  return (scores[low] as number) * (1 - share) + (scores[high] as number) * share;
}
