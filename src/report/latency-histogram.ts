/**
 * Latencies of any number of decisions in constant memory. Bins grow by a constant factor, so a quantile read from them
 * is off by at most one percent of itself (the idea of DDSketch: Masson, Rim & Lee, VLDB 2019).
 */

/** Ratio of a bin's ends: a bin's geometric middle is within 1 % of all that is in it. */
const GROWTH = 1.02;
/**
 * Milliseconds. What is shorter than the clock's microsecond falls into the first bin, what is longer than a day into
 * the last.
 */
const LOWEST = 0.001;
const HIGHEST = 86_400_000;
const LOG_GROWTH = Math.log(GROWTH);
const BINS = Math.ceil(Math.log(HIGHEST / LOWEST) / LOG_GROWTH) + 1;

/** Bins a factor of ten of what `coarse` gives: wide enough to be seen, narrow enough to show two humps. */
const SHOWN_PER_DECADE = 12;

export interface ShownBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export class LatencyHistogram {
  readonly #counts = new Float64Array(BINS);
  #count = 0;
  #highest = 0;

  get count(): number {
    return this.#count;
  }

  /** The longest, exactly. 0 of none. */
  get highest(): number {
    return this.#highest;
  }

  add(milliseconds: number): void {
    const bin =
      milliseconds > LOWEST ? Math.min(BINS - 1, Math.floor(Math.log(milliseconds / LOWEST) / LOG_GROWTH)) : 0;
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    this.#count += 1;
    if (milliseconds > this.#highest) this.#highest = milliseconds;
  }

  addAll(other: LatencyHistogram): void {
    for (let bin = 0; bin < BINS; bin++)
      this.#counts[bin] = (this.#counts[bin] as number) + (other.#counts[bin] as number);
    this.#count += other.#count;
    this.#highest = Math.max(this.#highest, other.#highest);
  }

  /** By nearest rank, within 1 %; NaN of none. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.#counts[bin] as number;
      if (seen >= rank) return Math.min(middleOf(bin), this.#highest);
    }
    return this.#highest;
  }

  /** The bins between the shortest and the longest, merged for the eye; ends are powers of 10^(1/12). */
  coarse(): ShownBin[] {
    const counts = new Map<number, number>();
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.#counts[bin] as number;
      if (count === 0) continue;
      const shown = Math.floor(Math.log10(middleOf(bin)) * SHOWN_PER_DECADE);
      counts.set(shown, (counts.get(shown) ?? 0) + count);
    }
    const places = [...counts.keys()];
    const end = (place: number): number => 10 ** (place / SHOWN_PER_DECADE);
    const bins: ShownBin[] = [];
    for (let place = Math.min(...places); place <= Math.max(...places); place++) {
      bins.push({ low: end(place), high: end(place + 1), count: counts.get(place) ?? 0 });
    }
    return bins;
  }
}

/** Geometric middle of a bin. */
function middleOf(bin: number): number {
  return LOWEST * GROWTH ** (bin + 0.5);
}
