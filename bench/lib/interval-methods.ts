/** Other ways to an interval of a mean, to measure ours against. */
import type { Random } from '../../src/core/index.js';
import { normalLimit, normalShareBelow, studentLimit } from '../../src/evaluation/distributions.js';
import { type Interval, mean, quantile, standardDeviation } from '../../src/evaluation/index.js';

const CONFIDENCE = 0.95;
const RESAMPLES = 1000;

/**
 * Of one sample: plain percentiles, BCa (Efron 1987), Student's t, the equal-tailed bootstrap-t; the same resamples.
 */
export function otherIntervals(values: Float64Array, random: Random): Record<string, Interval> {
  const [centre, error] = [mean(values), errorOf(values)];
  const means = new Float64Array(RESAMPLES);
  const off = new Float64Array(RESAMPLES);
  const drawn = new Float64Array(values.length);
  for (let i = 0; i < RESAMPLES; i++) {
    for (let place = 0; place < drawn.length; place++) drawn[place] = values[random.integer(drawn.length)] as number;
    means[i] = mean(drawn);
    const distance = (means[i] as number) - centre;
    off[i] = distance === 0 ? 0 : distance / errorOf(drawn);
  }
  const student = studentLimit(CONFIDENCE, values.length - 1);
  const [low, high] = [quantileOr(off, 0.025, -student), quantileOr(off, 0.975, student)];
  return {
    percentiles: [quantile(means, 0.025), quantile(means, 0.975)],
    BCa: corrected(means, values),
    "Student's t": [centre - student * error, centre + student * error],
    'bootstrap-t': [centre - high * error, centre - low * error],
  };
}

function errorOf(values: ArrayLike<number>): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/** Ties can make the quantile infinite. */
function quantileOr(values: Float64Array, share: number, otherwise: number): number {
  const value = quantile(values, share);
  return Number.isFinite(value) ? value : otherwise;
}

/** Bias-corrected and accelerated. */
function corrected(means: Float64Array, values: Float64Array): Interval {
  const centre = mean(values);
  const below = means.reduce((sum, one) => sum + (one < centre ? 1 : one === centre ? 0.5 : 0), 0) / means.length;
  const bias = normalPlace(Math.min(Math.max(below, 1e-4), 1 - 1e-4));
  // Leaving one out moves the mean by a share of its distance, so the jackknife's skewness is the sample's own.
  const distances = Array.from(values, (value) => value - centre);
  const power = (exponent: number): number => distances.reduce((sum, one) => sum + one ** exponent, 0);
  const acceleration = power(3) / (6 * power(2) ** 1.5);
  const share = (z: number): number => normalShareBelow(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const limit = normalLimit(CONFIDENCE);
  return [quantile(means, share(-limit)), quantile(means, share(limit))];
}

/** Where the share of the normal distribution lies below. */
function normalPlace(share: number): number {
  return share < 0.5 ? -normalLimit(1 - 2 * share) : normalLimit(2 * share - 1);
}
