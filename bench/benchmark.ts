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
  /** Where the row is a point of a plot: which plot, whose line, where on the axis, and what the axis counts. */
  readonly curve?: CurvePlace;
}

/** Where a row stands in a plot. */
export interface CurvePlace {
  readonly plot: string;
  readonly line: string;
  readonly x: number;
  /** What the axis from left to right counts; it is logarithmic. */
  readonly across: string;
  /** Whether the axis upwards is logarithmic too. */
  readonly isLog?: boolean;
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

/** A row that is a point of a plot; it has no peer and no goal. */
export function curvePoint(curve: CurvePlace, ours: number, unit: string): BenchmarkRow {
  const { plot, line, x, across } = curve;
  const where = `${Number(x.toPrecision(4))} ${across.replace(' (log)', '')}`;
  return { measure: `${plot}: ${line}, ${where}`, ours, peer: null, unit, ratio: null, goal: null, curve };
}

/** A count that may be set by an environment variable. Throws where that is no whole number from 1 on. */
export function fromEnvironment(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} is a whole number from 1 on, got ${process.env[name]}`);
}
