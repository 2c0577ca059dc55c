/** How sure a share is that was counted: Wilson's score interval (Wilson 1927), good for few and for extreme shares. */
import type { Interval } from './bootstrap.js';
import { normalLimit } from './distributions.js';

/**
 * The interval of a share of `successes` in `total`, within 0 and 1. Null of none.
 * @param successes may be no whole number, where a tie counts as half: the interval is then a little too wide.
 */
export function wilsonInterval(successes: number, total: number, confidence = 0.95): Interval | null {
  if (total === 0) return null;
  const z = normalLimit(confidence);
  const share = successes / total;
  const squared = z ** 2 / total;
  const centre = (share + squared / 2) / (1 + squared);
  const half = (z / (1 + squared)) * Math.sqrt((share * (1 - share)) / total + squared / (4 * total));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
