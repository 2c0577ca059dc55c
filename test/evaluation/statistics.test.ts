/** The statistics against SciPy's and rliable's numbers on the same scores (fixtures/make_reference.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/index.js';
import { normalLimit, normalShareBelow, studentLimit } from '../../src/evaluation/distributions.js';
import {
  aggregateGames,
  bootstrapInterval,
  comparePaired,
  type Interval,
  improvementInterval,
  interquartileMean,
  isTie,
  mean,
  meanInterval,
  median,
  pairedBootstrapInterval,
  probabilityOfImprovement,
  quantile,
  standardDeviation,
  stratifiedBootstrapInterval,
  wilsonInterval,
} from '../../src/evaluation/index.js';

interface Sample {
  values: number[];
  mean: number;
  median: number;
  interquartile_mean: number;
  standard_deviation: number;
  quantiles: Record<string, number>;
  mean_interval: [number, number];
  studentised_interval: [number, number];
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
  /** Limits of 95 % by degrees of freedom. */
  student: Record<string, number>;
  wilson: [hits: number, total: number, low: number, high: number][];
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

/** Percentiles as SciPy and rliable take them. */
const PLAIN = { isWidened: false };

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
    expectSame(bootstrapInterval(sample.values, mean, PLAIN), sample.mean_interval);
    expectSame(bootstrapInterval(sample.values, interquartileMean, PLAIN), sample.interquartile_interval);
    // The median of a resample takes few values, so its quantiles jump from one to the next.
    expectSame(bootstrapInterval(sample.values, median, PLAIN), sample.median_interval, 0.1);
  });

  it('has the same studentised interval of the mean as NumPy, whatever the order of the scores', () => {
    const ours = meanInterval(sample.values);
    expectSame(ours, sample.studentised_interval);
    expect(meanInterval([...sample.values].reverse())).toEqual(ours);
    expect(meanInterval([...sample.values].sort((a, b) => a - b))).toEqual(ours);
  });
});

describe.each(comparisons)('two policies, %s', (_, { a, b, ...theirs }) => {
  const bySeed = (scores: number[]) => scores.map((score, seed) => ({ seed, score }));

  it('has the same paired difference as NumPy', () => {
    const compared = comparePaired(bySeed(a), bySeed(b).reverse());
    expect(compared.difference).toBeCloseTo(theirs.difference, 9);
    expectSame(compared.interval, theirs.paired_interval);
    expect(compared.wins + compared.ties + compared.losses).toBe(a.length);
  });

  it('has the same difference of independent samples as SciPy', () => {
    const difference = ([x, y]: readonly Float64Array[]) => mean(x as Float64Array) - mean(y as Float64Array);
    expectSame(stratifiedBootstrapInterval([a, b], difference, PLAIN), theirs.unpaired_interval);
  });

  it('has the same probability of improvement as rliable', () => {
    expect(probabilityOfImprovement(a, b)).toBeCloseTo(theirs.probability_of_improvement, 9);
    expectSame(improvementInterval(a, b, PLAIN), theirs.probability_interval);
  });
});

describe('aggregates over games, as rliable', () => {
  const { games, points, intervals } = reference.aggregate;
  const ours = aggregateGames(games, PLAIN);

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

  it('says nothing of scores that are all the same, also where rounding tells them apart', () => {
    const rounded = [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2];
    expect(meanInterval([0, 0])).toBeNull();
    expect(meanInterval(rounded)).toBeNull();
    expect(bootstrapInterval(rounded, interquartileMean)).toBeNull();
    expect(meanInterval([0, 1])?.[0]).toBeLessThan(-5);
  });

  it('refuses options that would make an interval of nothing', () => {
    for (const resamples of [0, 1, 19, 99.5, Number.NaN]) {
      expect(() => bootstrapInterval([1, 2, 3], mean, { resamples })).toThrow(/resamples for 0.95 .* from 20/);
      expect(() => meanInterval([1, 2, 3, 4, 5], { resamples })).toThrow(RangeError);
    }
    for (const confidence of [0, 1, 95, Number.NaN]) {
      expect(() => meanInterval([1, 2, 3], { confidence })).toThrow(/confidence is a share/);
    }
    expect(bootstrapInterval([1, 2, 3], mean, { resamples: 20 })).not.toBeNull();
  });

  it('is wider than percentiles the fewer the scores are', () => {
    const { values } = reference.samples.racing as Sample;
    const ratios = [5, 10, 20, 50].map((count) => {
      const some = values.slice(0, count);
      const width = (interval: Interval | null) => (interval?.[1] ?? 0) - (interval?.[0] ?? 0);
      expect(width(bootstrapInterval(some, mean))).toBeGreaterThan(width(bootstrapInterval(some, mean, PLAIN)));
      return width(meanInterval(some)) / width(bootstrapInterval(some, mean, PLAIN));
    });
    expect(ratios[0]).toBeGreaterThan(1.5);
    expect(ratios[3]).toBeLessThan(1.3);
  });

  it('stays finite where few scores lie next to each other and others far off', () => {
    const [low, high] = meanInterval([1, 1.001, 1.002, 5, 9]) as Interval;
    expect(low).toBeGreaterThan(-10);
    expect(high).toBeLessThan(20);
  });

  it('covers the true mean about as often as it says, of few and skewed scores too', () => {
    // 200 samples of 12 scores below a ceiling: percentiles hold the mean in 88 % of them, 95 % are meant.
    const random = createRandom(5, 'coverage');
    const samples = Array.from({ length: 200 }, () => Array.from({ length: 12 }, () => Math.log(1 - random.next())));
    const held = (interval: Interval | null): boolean => interval !== null && interval[0] <= -1 && -1 <= interval[1];
    const count = (method: (sample: number[]) => Interval | null) => samples.filter((one) => held(method(one))).length;
    const ours = count((sample) => meanInterval(sample, { resamples: 400 }));
    expect(ours).toBeGreaterThanOrEqual(182);
    expect(ours).toBeGreaterThan(count((sample) => bootstrapInterval(sample, mean, { ...PLAIN, resamples: 400 })));
  });

  it('does not move when every score moves, and grows with their spread', () => {
    const scores = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(scores, fc.integer({ min: -500, max: 500 }), (values, shift) => {
        const options = { resamples: 50 };
        const moved = values.map((value) => 2 * value + shift);
        for (const method of [
          (of: number[]) => meanInterval(of, options),
          (of: number[]) => bootstrapInterval(of, mean, options),
        ]) {
          const [low, high] = method(values) as Interval;
          const other = method(moved) as Interval;
          expect(other[0]).toBeCloseTo(2 * low + shift, 6);
          expect(other[1]).toBeCloseTo(2 * high + shift, 6);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('distributions', () => {
  it.each(Object.entries(reference.student))('Student’s t of %s degrees of freedom is SciPy’s', (degrees, limit) => {
    expect(studentLimit(0.95, Number(degrees))).toBeCloseTo(limit, 6);
  });

  it('the normal limit is the one of the tables', () => {
    expect(normalLimit(0.95)).toBeCloseTo(1.959964, 5);
    expect(studentLimit(0.95, 1_000_000)).toBeCloseTo(1.959964, 5);
    expect(normalShareBelow(-1.644854)).toBeCloseTo(0.05, 6);
  });

  it.each(reference.wilson)('Wilson’s interval of %i of %i is SciPy’s', (hits, total, low, high) => {
    const [ours, upper] = wilsonInterval(hits, total) as Interval;
    expect(ours).toBeCloseTo(low, 6);
    expect(upper).toBeCloseTo(high, 6);
  });

  it('Wilson says nothing of none', () => expect(wilsonInterval(0, 0)).toBeNull());
});

describe('ties', () => {
  it('are scores that differ by rounding, large or small, and no others', () => {
    expect(isTie(829.3051359516672, 829.3051359516613)).toBe(true);
    expect(isTie(-93.0, -93.0 - 2.8e-14)).toBe(true);
    expect(isTie(1e12, 1e12 + 1)).toBe(true);
    expect(isTie(0, 1e-12)).toBe(true);
    expect(isTie(0.001, 0.002)).toBe(false);
    expect(isTie(900, 900.0001)).toBe(false);
    expect(isTie(Number.NaN, Number.NaN)).toBe(false);
  });

  it('are level in a comparison, in its share and in the probability of improvement', () => {
    const bySeed = (scores: number[]) => scores.map((score, seed) => ({ seed, score }));
    const compared = comparePaired(bySeed([0.1 + 0.2, 10, 20, 1]), bySeed([0.3, 10 - 5.9e-12, 5, 2]));
    expect(compared).toMatchObject({ wins: 1, ties: 2, losses: 1, shareAhead: 0.5 });
    expect(compared.differences).toEqual([0, 0, 15, -1]);
    const same = comparePaired(bySeed([0.1 + 0.2, 0.3]), bySeed([0.3, 0.1 + 0.2]));
    expect(same).toMatchObject({ difference: 0, interval: null, probabilityOfImprovement: 0.5, ties: 2 });
  });

  it('tell pairs from strangers: ahead on every seed, and yet hardly better than any score of the other', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const compared = comparePaired(
      seeds.map((seed) => ({ seed, score: 100 * seed + 1 })),
      seeds.map((seed) => ({ seed, score: 100 * seed })),
    );
    expect(compared.shareAhead).toBe(1);
    expect(compared.shareAheadInterval?.[0]).toBeCloseTo(0.839, 3);
    expect(compared.probabilityOfImprovement).toBeCloseTo(0.525, 3);
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
