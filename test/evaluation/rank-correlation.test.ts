/** Rank correlation over models and trainings: known values, what it ignores, and where it says nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/index.js';
import { type ModelScores, rankCorrelation, rankCorrelationInterval } from '../../src/evaluation/rank-correlation.js';

const alone = (pairs: readonly (readonly [number, number])[]): ModelScores[] =>
  pairs.map(([own, score]) => ({ own, scores: [score] }));

const models = fc.array(
  fc.record({
    own: fc.integer({ min: -50, max: 50 }),
    scores: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 2, maxLength: 8 },
);

describe('a rank correlation', () => {
  it('is that of the textbook, with and without ties', () => {
    // The example of Wikipedia's article on Spearman's coefficient: -29/165.
    const iq = [106, 86, 100, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 0, 27, 50, 28, 29, 20, 12, 6, 17];
    expect(rankCorrelation(alone(iq.map((value, i) => [value, hours[i] as number])))).toBeCloseTo(-29 / 165, 12);
    // Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 3, 4: 3.75 / sqrt(4.5 · 4.5).
    const tied = [
      [1, 10],
      [2, 10],
      [2, 20],
      [3, 30],
    ] as const;
    expect(rankCorrelation(alone(tied))).toBeCloseTo(3.75 / 4.5, 12);
  });

  it('goes by order alone, whatever the scale and in whichever order the models come', () => {
    fc.assert(
      fc.property(models, (given) => {
        const value = rankCorrelation(given);
        const other = given.map(({ own, scores }) => ({ own: own ** 3, scores: scores.map((score) => 2 * score + 7) }));
        expect(rankCorrelation(other.reverse())).toEqual(value === null ? null : expect.closeTo(value, 10));
        expect(Math.abs(value ?? 0)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('says nothing where one side is the same throughout', () => {
    expect(
      rankCorrelation(
        alone([
          [1, 5],
          [1, 6],
          [1, 7],
        ]),
      ),
    ).toBeNull();
    expect(
      rankCorrelation(
        alone([
          [1, 5],
          [2, 5],
        ]),
      ),
    ).toBeNull();
  });

  it('has an interval where something can be drawn: six models, or trainings of fewer', () => {
    const random = createRandom(3, 'few');
    const loose = (count: number): ModelScores[] =>
      Array.from({ length: count }, (_, i) => ({ own: i, scores: [i + 2 * random.next()] }));
    expect(rankCorrelationInterval(loose(5))).toBeNull();
    expect(rankCorrelationInterval(loose(6))).not.toBeNull();
    // In perfect order every resample is 1: that is no interval.
    const ordered = (count: number): ModelScores[] =>
      Array.from({ length: count }, (_, i) => ({ own: i, scores: [10 * i] }));
    expect(rankCorrelationInterval(ordered(8))).toBeNull();
    const trained = ordered(3).map(({ own }) => ({ own, scores: [10 * own, 10 * own + 12, 10 * own - 15] }));
    const [low, high] = rankCorrelationInterval(trained) as [number, number];
    const value = rankCorrelation(trained) as number;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(rankCorrelationInterval(trained)).toEqual([low, high]);
    // Two trainings of each would scatter too little.
    const twice = trained.map(({ own, scores }) => ({ own, scores: scores.slice(0, 2) }));
    expect(rankCorrelationInterval(twice)).toBeNull();
  });

  it.each([6, 12])('leaves out zero in about one of twenty sets of %d models whose scores are chance', (count) => {
    const random = createRandom(7, 'chance');
    const sets = Array.from({ length: 400 }, () =>
      alone(Array.from({ length: count }, (_, i) => [i, random.next()] as const)),
    );
    const missed = sets.filter((set) => {
      const [low, high] = rankCorrelationInterval(set, { resamples: 400 }) ?? [-1, 1];
      return low > 0 || high < 0;
    });
    expect(missed.length / sets.length).toBeGreaterThan(0.01);
    expect(missed.length / sets.length).toBeLessThan(0.09);
  });
});
