/**
 * Places on an axis, as shares of its length, and where its ticks are. Values may be anything that a record can hold,
 * up to the largest number.
 */
import { extent, tickStep } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';

export interface Scale {
  /** The place of a value, from 0 to 1; what is outside the axis is at its end. */
  place(value: number): number;
  readonly ticks: readonly number[];
  /** Distance between two ticks; of a logarithmic axis their ratio. */
  readonly step: number;
}

/** A linear axis from 0 to `highest` itself, with a tick at each round number on the way. */
export function countingScale(highest: number): Scale {
  return scaleOver(0, highest, 4);
}

/** A linear axis that holds all values, with a little room at both ends. `count`: ticks that are wanted. */
export function linearScale(values: readonly number[], count = 5): Scale {
  const [low = 0, high = 0] = extent(values, (value) => Math.min(LARGEST, Math.max(-LARGEST, value)));
  const room = high - low < SMALLEST ? Math.max(1, Math.abs(low) * 0.1) : (high - low) * ROOM;
  return scaleOver(low - room, high + room, count);
}

function scaleOver(low: number, high: number, count: number): Scale {
  const scale = scaleLinear([low, high], [0, 1]).clamp(true).unknown(0);
  return { place: scale, ticks: scale.ticks(count), step: tickStep(low, high, count) };
}

/** Share of an axis's length that is left free at each end. */
const ROOM = 0.04;

/** A logarithmic axis of positive values, from one power of ten to another, with a tick at each. */
export function logScale(values: readonly number[]): Scale {
  const [low = 1, high = 1] = extent(values.filter((value) => value > 0 && Number.isFinite(value)));
  const ends = [low, Math.max(high, low * 1.001)];
  const scale = scaleLog(ends, [0, 1]).nice().clamp(true).unknown(0);
  return { place: scale, ticks: scale.ticks().filter((tick) => Number.isInteger(Math.log10(tick))), step: 10 };
}

/** Distances below it cannot be divided into steps any more. */
const SMALLEST = 1e-300;

/** Values beyond are drawn here: the distance between two of these is still a number. */
const LARGEST = Number.MAX_VALUE / 8;
