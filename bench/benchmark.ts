/**
 * The contract of a benchmark: a file `bench/NAME.ts` whose default export measures and returns rows. Each row measures
 * ours and a peer in the same run, on the same machine. `npm run bench -- NAME` runs it and prints the table.
 */

/** One measured quantity. */
export interface BenchmarkRow {
  /** What is measured, with its conditions: `Space Invaders, 8 environments`. */
  readonly measure: string;
  readonly ours: number;
  /** The same for the peer; null where there is none. */
  readonly peer: number | null;
  /** Such as `steps/s` or `µs`. */
  readonly unit: string;
  /** ours / peer; null without a peer. See `ratioOf`. */
  readonly ratio: number | null;
  /**
   * What is to be reached: `>= 0.9` or `<= 120`, compared with the ratio, or with ours where there is no peer. Null
   * where the row only informs.
   */
  readonly goal: string | null;
}

/** What a benchmark module exports as its default. */
export type Benchmark = () => Promise<BenchmarkRow[]>;

/** ours / peer, or null without a peer. */
export function ratioOf(ours: number, peer: number | null): number | null {
  return peer === null ? null : ours / peer;
}

/** A row with its ratio. */
export function row(
  measure: string,
  ours: number,
  peer: number | null,
  unit: string,
  goal: string | null,
): BenchmarkRow {
  return { measure, ours, peer, unit, ratio: ratioOf(ours, peer), goal };
}

/** A count that may be set by an environment variable. Throws where that is no whole number from 1 on. */
export function fromEnvironment(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} is a whole number from 1 on, got ${process.env[name]}`);
}
