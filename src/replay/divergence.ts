/** Where episodes of one seed part: pure functions over the scores and actions of each decision. */

/** One decision of an episode, for comparison. */
export interface ComparedDecision {
  /** The action executed, as JSON: equal texts are equal actions. */
  readonly action: string;
  /** Sum of the rewards up to and with this decision. */
  readonly score: number;
}

/** A place where the episodes part. */
export interface Parting {
  /** The decision to look at, 1 or more. */
  readonly step: number;
  readonly why: 'first different action' | 'scores part' | 'an episode ends';
}

/** Decisions over which the growth of the difference is taken: long enough to see what a mistake led to. */
const WINDOW = 25;

/**
 * The first decision at which actions differ, then the decisions at whose end the difference between best and worst
 * score has grown most within a window, best first until there are `count`; in the order of time, at least a window
 * apart. An episode that is over keeps its last score. Fewer where the episodes hardly differ.
 */
export function findPartings(episodes: readonly (readonly ComparedDecision[])[], count: number): Parting[] {
  const length = Math.max(0, ...episodes.map((episode) => episode.length));
  const found: Parting[] = [];
  const first = firstDifference(episodes, length);
  if (first !== null) found.push({ step: first, why: 'first different action' });
  const spreads = Array.from({ length: length + 1 }, (_, step) => spreadAt(episodes, step));
  const growth = spreads.map((spread, step) => spread - (spreads[Math.max(0, step - WINDOW)] as number));
  const endings = new Set(episodes.map((episode) => episode.length).filter((end) => end < length));
  const candidates = growth
    .map((value, step) => ({ value, step }))
    .filter(({ value, step }) => step > 0 && value > 0)
    .sort((a, b) => b.value - a.value || a.step - b.step);
  for (const { step } of candidates) {
    if (found.length >= count) break;
    if (found.some((other) => Math.abs(other.step - step) < WINDOW)) continue;
    found.push({ step, why: endings.has(step) ? 'an episode ends' : 'scores part' });
  }
  return found.slice(0, count).sort((a, b) => a.step - b.step);
}

function firstDifference(episodes: readonly (readonly ComparedDecision[])[], length: number): number | null {
  for (let index = 0; index < length; index++) {
    const actions = new Set(episodes.flatMap((episode) => episode[index]?.action ?? []));
    if (actions.size > 1) return index + 1;
  }
  return null;
}

function spreadAt(episodes: readonly (readonly ComparedDecision[])[], step: number): number {
  const scores = episodes.map((episode) => episode[Math.min(step, episode.length) - 1]?.score ?? 0);
  return Math.max(...scores) - Math.min(...scores);
}
