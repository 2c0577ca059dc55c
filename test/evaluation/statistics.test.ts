/** The statistics against SciPy's and rliable's numbers on the same scores (fixtures/make_reference.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/index.js';
import {
  aggregateGames,
  bootstrapInterval,
  comparePaired,
  type Interval,
  improvementInterval,
  interquartileMean,
  mean,
  median,
  pairedBootstrapInterval,
  probabilityOfImprovement,
  quantile,
  standardDeviation,
  stratifiedBootstrapInterval,
} from '../../src/evaluation/index.js';

interface Sample {
  values: number[];
  mean: number;
  median: number;
  interquartile_mean: number;
  standard_deviation: number;
  quantiles: Record<string, number>;
  mean_interval: [number, number];
  median_interval: [number, number];
  interquartile_interval: [number, number];
}
interface Comparison {
  a: number[];
  b: number[];
  difference: number;
  paired_interval: [number, number];
  unpaired_interval: [number, number];
  probability_of_improvement: number;
  probability_interval: [number, number];
}
interface Reference {
  samples: Record<string, Sample>;
  comparisons: Record<string, Comparison>;
  aggregate: { games: number[][]; points: number[]; intervals: [number, number][] };
}

const path = fileURLToPath(new URL('./fixtures/reference.json', import.meta.url));
const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;
const samples = Object.entries(reference.samples);
const comparisons = Object.entries(reference.comparisons);

/**
 * Both ends agree to a share of the interval's width. The ends are quantiles of so many resamples: with 10,000 against
 * 50,000 their own standard error is about 1 % of the width, so 4 % fails by chance in none of a thousand runs.
 */
function expectSame(ours: Interval | null, theirs: readonly [number, number], share = 0.04): void {
  const tolerance = share * (theirs[1] - theirs[0]);
  expect(Math.abs((ours?.[0] ?? Number.NaN) - theirs[0])).toBeLessThan(tolerance);
  expect(Math.abs((ours?.[1] ?? Number.NaN) - theirs[1])).toBeLessThan(tolerance);
}

describe.each(samples)('%s, as NumPy and SciPy', (_, sample) => {
  it('has the same mean, median, interquartile mean, deviation and quantiles', () => {
    const { values } = sample;
    expect(mean(values)).toBeCloseTo(sample.mean, 9);
    expect(median(values)).toBeCloseTo(sample.median, 9);
    expect(interquartileMean(values)).toBeCloseTo(sample.interquartile_mean, 9);
    expect(standardDeviation(values)).toBeCloseTo(sample.standard_deviation, 9);
    for (const [q, value] of Object.entries(sample.quantiles))
      expect(quantile(values, Number(q))).toBeCloseTo(value, 9);
  });

  it('has the same bootstrap intervals within sampling error', () => {
    expectSame(bootstrapInterval(sample.values, mean), sample.mean_interval);
    expectSame(bootstrapInterval(sample.values, interquartileMean), sample.interquartile_interval);
    // The median of a resample takes few values, so its quantiles jump from one to the next.
    expectSame(bootstrapInterval(sample.values, median), sample.median_interval, 0.1);
  });
});

describe.each(comparisons)('two policies, %s', (_, { a, b, ...theirs }) => {
  const bySeed = (scores: number[]) => scores.map((score, seed) => ({ seed, score }));

  it('has the same paired difference as SciPy', () => {
    const compared = comparePaired(bySeed(a), bySeed(b).reverse());
    expect(compared.difference).toBeCloseTo(theirs.difference, 9);
    expectSame(compared.interval, theirs.paired_interval);
    expect(compared.wins + compared.ties + compared.losses).toBe(a.length);
  });

  it('has the same difference of independent samples as SciPy', () => {
    const difference = ([x, y]: readonly Float64Array[]) => mean(x as Float64Array) - mean(y as Float64Array);
    expectSame(stratifiedBootstrapInterval([a, b], difference), theirs.unpaired_interval);
  });

  it('has the same probability of improvement as rliable', () => {
    expect(probabilityOfImprovement(a, b)).toBeCloseTo(theirs.probability_of_improvement, 9);
    expectSame(improvementInterval(a, b), theirs.probability_interval);
  });
});

describe('aggregates over games, as rliable', () => {
  const { games, points, intervals } = reference.aggregate;
  const ours = aggregateGames(games);

  it('has the same mean, median and interquartile mean', () => {
    expect([ours.mean, ours.median, ours.interquartileMean].map((value) => Number(value.toFixed(9)))).toEqual(
      points.map((value) => Number(value.toFixed(9))),
    );
  });

  it('has the same stratified bootstrap intervals', () => {
    [ours.meanInterval, ours.medianInterval, ours.interquartileMeanInterval].forEach((interval, i) => {
      expectSame(interval, intervals[i] as [number, number]);
    });
  });
});

describe('bootstrap', () => {
  it('gives the same interval for the same seed, another for another', () => {
    const { values } = reference.samples.racing as Sample;
    const interval = (seed: number) => bootstrapInterval(values, mean, { seed, resamples: 500 });
    expect(interval(3)).toEqual(interval(3));
    expect(interval(3)).not.toEqual(interval(4));
  });

  it('says nothing of fewer than two scores', () => {
    expect(bootstrapInterval([5], mean)).toBeNull();
    expect(bootstrapInterval([], mean)).toBeNull();
    expect(stratifiedBootstrapInterval([[1, 2], [3]], () => 0)).toBeNull();
    expect(pairedBootstrapInterval([1], [2], () => 0)).toBeNull();
    expect(() => pairedBootstrapInterval([1, 2], [2], () => 0)).toThrow(RangeError);
  });

  it('covers the true mean about as often as it says', () => {
    // 200 samples of 40 uniform numbers: 95 % of the intervals hold 0.5, give or take 1.5 % a standard deviation.
    const random = createRandom(5, 'coverage');
    const samples = Array.from({ length: 200 }, () => Array.from({ length: 40 }, () => random.next()));
    const covered = samples.filter((sample) => {
      const [low, high] = bootstrapInterval(sample, mean, { resamples: 400 }) as Interval;
      return low <= 0.5 && 0.5 <= high;
    });
    expect(covered.length).toBeGreaterThanOrEqual(180);
    expect(covered.length).toBeLessThan(200);
  });

  it('does not move when every score moves, and grows with their spread', () => {
    const scores = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(scores, fc.double({ min: -500, max: 500, noNaN: true }), (values, shift) => {
        const options = { resamples: 50 };
        const [low, high] = bootstrapInterval(values, mean, options) as Interval;
        const moved = bootstrapInterval(
          values.map((value) => 2 * value + shift),
          mean,
          options,
        ) as Interval;
        expect(moved[0]).toBeCloseTo(2 * low + shift, 6);
        expect(moved[1]).toBeCloseTo(2 * high + shift, 6);
      }),
      { numRuns: 50 },
    );
  });
});

describe('comparePaired', () => {
  it('leaves out seeds that only one of them finished', () => {
    const compared = comparePaired(
      [
        { seed: 1, score: 10 },
        { seed: 3, score: 30 },
        { seed: 2, score: 20 },
      ],
      [
        { seed: 2, score: 25 },
        { seed: 9, score: 1 },
        { seed: 1, score: 4 },
      ],
    );
    expect(compared).toMatchObject({
      seeds: [1, 2],
      differences: [6, -5],
      difference: 0.5,
      wins: 1,
      ties: 0,
      losses: 1,
    });
  });

  it('is the mirror image the other way round', () => {
    const [, { a, b }] = comparisons[0] as [string, Comparison];
    const bySeed = (scores: number[]) => scores.map((score, seed) => ({ seed, score }));
    const one = comparePaired(bySeed(a), bySeed(b), { resamples: 300 });
    const other = comparePaired(bySeed(b), bySeed(a), { resamples: 300 });
    expect(one.interval?.[0]).toBeCloseTo(-(other.interval?.[1] ?? Number.NaN), 9);
    expect(one.probabilityOfImprovement).toBeCloseTo(1 - other.probabilityOfImprovement, 12);
  });

  it('has no number without a common seed', () => {
    const compared = comparePaired([{ seed: 1, score: 1 }], [{ seed: 2, score: 2 }]);
    expect(compared).toMatchObject({ seeds: [], difference: Number.NaN, interval: null });
  });
});
