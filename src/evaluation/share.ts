/** A share of decisions as the mean of the episodes' shares, each episode counting alike. */
import { bootstrapInterval, type Interval } from './bootstrap.js';
import { mean } from './summary.js';

/** Null where no episode has one. */
export interface Share {
  readonly share: number | null;
  readonly interval: Interval | null;
}

/** @param shares one for each episode that has one. */
export function meanShare(shares: readonly number[]): Share {
  if (shares.length === 0) return { share: null, interval: null };
  return { share: mean(shares), interval: bootstrapInterval(shares, mean) };
}
