/** Percentiles of latencies. */

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Median and 99th percentile by nearest rank, in the unit of `values`; null of none. */
export function percentiles(values: readonly number[]): Percentiles | null {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return null;
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { p50: at(0.5), p99: at(0.99) };
}
