/**
 * Places on an axis, as shares of its length, and where its ticks are. Values may be anything that a record can hold,
 * up to the largest number.
 */

export interface Scale {
  /** The place of a value, from 0 to 1; what is outside the axis is at its end. */
  place(value: number): number;
  readonly ticks: readonly number[];
  /** Distance between two ticks. */
  readonly step: number;
}

/** A linear axis from 0 to `highest` itself, with a tick at each round number on the way. */
export function countingScale(highest: number): Scale {
  return scaleOver(0, highest, 4);
}

/** A linear axis that holds all values, with a little room at both ends. `count`: ticks that are wanted. */
export function linearScale(values: readonly number[], count = 5): Scale {
  const [low, high] = extremes(values);
  const room = high - low < SMALLEST ? Math.max(1, Math.abs(low) * 0.1) : (high - low) * ROOM;
  return scaleOver(low - room, high + room, count);
}

function scaleOver(low: number, high: number, count: number): Scale {
  const step = roundStep((high - low) / count);
  const ticks = multiples(Math.ceil(low / step), Math.floor(high / step)).map((multiple) =>
    clean(multiple * step, step),
  );
  return { place: (value) => clamp((bounded(value) - low) / (high - low)), ticks, step };
}

/** Share of an axis's length that is left free at each end. */
const ROOM = 0.04;

/** A logarithmic axis of positive values, from one power of ten to another, with a tick at each. */
export function logScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const [low, high] = extremes(positive.map(Math.log10));
  const [first, last] = [Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))];
  const ticks = multiples(first, last).map((power) => 10 ** power);
  return {
    place: (value) => clamp((Math.log10(Math.max(value, Number.MIN_VALUE)) - first) / (last - first)),
    ticks,
    step: 10,
  };
}

/** Distances below it cannot be divided into steps any more. */
const SMALLEST = 1e-300;

/** Values beyond are drawn here: the distance between two of these is still a number. */
const LARGEST = Number.MAX_VALUE / 8;

function bounded(value: number): number {
  return Math.min(LARGEST, Math.max(-LARGEST, value));
}

/** [0, 0] of none. */
function extremes(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    const inside = bounded(value);
    if (inside < low) low = inside;
    if (inside > high) high = inside;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** 1, 2 or 5 times a power of ten: the one nearest to `rough` by ratio. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const excess = rough / power;
  const factor = excess >= Math.sqrt(50) ? 10 : excess >= Math.sqrt(10) ? 5 : excess >= Math.SQRT2 ? 2 : 1;
  return factor * power || Number.MIN_VALUE;
}

/** Removes the dust of multiplying decimal steps: 0.30000000000000004 is 0.3. */
function clean(value: number, step: number): number {
  const decimals = Math.ceil(-Math.log10(step)) + 1;
  return decimals > 0 && decimals < 20 ? Number(value.toFixed(decimals)) : value;
}

/** Whole numbers from `first` to `last`; none where they are too large to be counted through. */
function multiples(first: number, last: number): number[] {
  if (last - first > 50 || !Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function clamp(share: number): number {
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}
