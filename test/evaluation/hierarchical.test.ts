/** Intervals over trainings and seeds: what they keep, what they ignore, and how often they hold the true mean. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/index.js';
import {
  hierarchicalInterval,
  hierarchicalMean,
  pairedStratum,
  type SeedScores,
  type Stratum,
} from '../../src/evaluation/hierarchical.js';

const score = fc.integer({ min: -1000, max: 1000 });
const stratum = (trainings: number, seeds: number) =>
  fc.array(fc.array(score, { minLength: seeds, maxLength: seeds }), { minLength: trainings, maxLength: trainings });
const FEW = { resamples: 400 };

describe('an interval over trainings and seeds', () => {
  it('is the same on every machine, and that of NumPy with its own draws', () => {
    const strata = [
      [
        [10, 20, 30, 40],
        [12, 25, 31, 47],
        [30, 35, 52, 60],
      ],
      [
        [50, 64, 70, 81],
        [55, 60, 72, 90],
        [40, 52, 61, 75],
      ],
    ];
    expect(hierarchicalMean(strata)).toBeCloseTo(48.416667, 6);
    const [low, high] = hierarchicalInterval(strata) as [number, number];
    expect([low, high]).toEqual([33.75, 64]);
    // numpy 2, 400,000 resamples: 2 of 3 trainings and 3 of 4 seeds drawn, the seeds for all trainings alike.
    const numpy = [33.3333, 63.8375] as const;
    const tolerance = 0.04 * (numpy[1] - numpy[0]);
    expect(Math.abs(low - numpy[0])).toBeLessThan(tolerance);
    expect(Math.abs(high - numpy[1])).toBeLessThan(tolerance);
  });

  it('moves with the scores, and holds their mean', () => {
    fc.assert(
      fc.property(
        fc.array(stratum(3, 6), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -99, max: 99 }),
        (strata, by) => {
          const interval = hierarchicalInterval(strata, FEW);
          const moved = strata.map((trainings) => trainings.map((scores) => scores.map((one) => one + by)));
          const other = hierarchicalInterval(moved, FEW);
          if (interval === null) return expect(other).toBeNull();
          expect(other?.[0]).toBeCloseTo(interval[0] + by, 6);
          expect(other?.[1]).toBeCloseTo(interval[1] + by, 6);
          const mean = hierarchicalMean(strata) as number;
          expect(interval[0]).toBeLessThanOrEqual(mean);
          expect(interval[1]).toBeGreaterThanOrEqual(mean);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of paired differences does not grow with what makes a seed easy or a training good for both', () => {
    fc.assert(
      fc.property(
        stratum(3, 8),
        fc.array(fc.integer({ min: -1e4, max: 1e4 }), { minLength: 8, maxLength: 8 }),
        (a, ease) => {
          const b = a.map((scores, t) => scores.map((one, s) => one - ((t + s) % 5)));
          const easy = (all: number[][]): Stratum => all.map((scores) => scores.map((one, s) => one + (ease[s] ?? 0)));
          const plain = hierarchicalInterval([pairedStratum(a, b)], FEW);
          expect(hierarchicalInterval([pairedStratum(easy(a), easy(b))], FEW)).toEqual(plain);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is that of the seeds alone where there is one training, and leaves out what has no score', () => {
    const [low, high] = hierarchicalInterval([[[1, 2, 3, 4, 5, 6, 7, 8]]]) as [number, number];
    expect(low).toBeGreaterThan(2);
    expect(high).toBeLessThan(7);
    expect(hierarchicalMean([[[1, null, 3]]])).toBe(2);
    expect(hierarchicalInterval([[[1, null, 3, 8]]])).not.toBeNull();
    expect(pairedStratum([[1, null, 5]], [[0, 3, null]])).toEqual([[1, null, null]]);
  });

  it('is none where nothing is known', () => {
    expect(hierarchicalInterval([])).toBeNull();
    expect(hierarchicalInterval([[]])).toBeNull();
    expect(hierarchicalInterval([[[4]]])).toBeNull();
    expect(
      hierarchicalInterval([
        [
          [4, 4],
          [4, 4],
        ],
      ]),
    ).toBeNull();
    expect(hierarchicalInterval([[[null, null]]])).toBeNull();
    expect(hierarchicalMean([[[1, 2]], [[null, null]]])).toBeNull();
    expect(() => pairedStratum([[1]], [])).toThrow(RangeError);
  });
});

/** A standard normal number. */
function normal(random: ReturnType<typeof createRandom>): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

interface Deviations {
  readonly training: number;
  readonly seed: number;
  readonly episode: number;
}

/** How often the interval holds the true mean, 0, of made-up trainings. */
function coverage(budgets: number, trainings: number, { training, seed, episode }: Deviations, runs: number): number {
  const random = createRandom(7, 'coverage');
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const ease = Array.from({ length: 50 }, () => seed * normal(random));
    const strata = Array.from(
      { length: budgets },
      (): Stratum =>
        Array.from({ length: trainings }, (): SeedScores => {
          const good = training * normal(random);
          return ease.map((one) => one + good + episode * normal(random));
        }),
    );
    const [low, high] = hierarchicalInterval(strata, { resamples: 400 }) as [number, number];
    if (low <= 0 && high >= 0) held++;
  }
  return held / runs;
}

describe('how often it holds the true mean', () => {
  it('of four budgets with three trainings each is about as often as it says', () => {
    const held = coverage(4, 3, { training: 60, seed: 50, episode: 200 }, 250);
    expect(held).toBeGreaterThan(0.92);
  });

  it('of three trainings that differ by far more than episodes is less often: they are too few to tell', () => {
    const held = coverage(1, 3, { training: 120, seed: 50, episode: 200 }, 250);
    expect(held).toBeGreaterThan(0.78);
    expect(held).toBeLessThan(0.93);
  });
});
