/** Numbers that stand for a list of scores. Definitions are NumPy's, SciPy's and rliable's, so that figures compare. */

/** The arithmetic mean; NaN of none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * The mean of the middle half: a quarter of the values, rounded down, is left out at each end. What rliable calls IQM
 * (`scipy.stats.trim_mean(values, 0.25)`): nearly as steady as the mean, and one lucky episode cannot carry it.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const cut = Math.floor(values.length * 0.25);
  return mean(sorted(values).subarray(cut, values.length - cut));
}

/** The sample standard deviation (n − 1); 0 of a single value, NaN of none. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length === 1) return 0;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * The value below which the share `q` of the values lies, with linear interpolation, as `numpy.quantile`; NaN of none.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const order = sorted(values);
  const place = q * (order.length - 1);
  const below = Math.floor(place);
  const low = order[below] ?? Number.NaN;
  const high = order[Math.min(below + 1, order.length - 1)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}
