/** Tables: nothing that was planned disappears, and numbers are of what they say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerRates,
  buildResults,
  type EpisodeGroup,
  type EpisodeOutcome,
  formatSeeds,
  normaliseScore,
  parseSeeds,
  resultsSchema,
  sumCounts,
} from '../../src/evaluation/index.js';

function episode(seed: number, score: number | null, changes: Partial<EpisodeOutcome> = {}): EpisodeOutcome {
  return {
    ...{ game: 'carracing', policy: 'expert', seed, score, status: 'finished', decisions: 250, recoveries: 0 },
    ...{ counters: { decisions: 250 }, chain: null, error: null, checkpoint: 'abc', commit: 'c0ffee' },
    versions: { gymnasium: '1.4.0' },
    ...changes,
  };
}

function group(policy: string, outcomes: EpisodeOutcome[], seeds = [1, 2, 3, 4, 5]): EpisodeGroup {
  return { game: 'carracing', policy, seeds, outcomes, published: [{ name: 'random', mean: -41 }] };
}

describe('buildResults', () => {
  it('keeps failed, cancelled, running and missing episodes in sight and out of the mean', () => {
    const outcomes = [
      episode(1, 10),
      episode(2, 20, { status: 'stopped' }),
      episode(3, 900, { status: 'failed', error: 'the emulator died' }),
      episode(4, 800, { status: 'running' }),
      episode(99, 1000),
    ];
    const { rows } = buildResults([group('expert', outcomes)]);
    expect(rows[0]).toMatchObject({
      ...{ planned: 5, episodes: 2, failed: 1, missing: 2, stopped: 1, mean: 15, seeds: '1..5' },
      ...{ scores: { 1: 10, 2: 20 }, failures: { 3: 'the emulator died' }, commit: 'c0ffee', checkpoint_sha256: 'abc' },
    });
    // Two scores say next to nothing of their mean, and the interval says so.
    expect(rows[0]?.interval?.[0]).toBeLessThan(-40);
    expect(rows[0]?.interval?.[1]).toBeGreaterThan(70);
  });

  it('has a row without numbers where every episode failed, and one of a single episode without intervals', () => {
    const failed = [episode(1, null, { status: 'failed', error: null })];
    const { rows, paired } = buildResults([group('a', failed, [1]), group('b', [episode(1, 5)], [1])]);
    expect(rows[0]).toMatchObject({ episodes: 0, failed: 1, mean: null, interval: null, median: null, lowest: null });
    expect(rows[0]?.failures).toEqual({ 1: 'no reason is recorded' });
    expect(rows[1]).toMatchObject({ episodes: 1, mean: 5, interval: null, standard_deviation: 0 });
    expect(paired).toMatchObject([{ a: 'b', b: 'a', episodes: 0, difference: null, interval: null }]);
  });

  it('counts those that reached the goal, and says how sure the rate is', () => {
    const scores = [950, 900 - 1e-12, 899.9, 100];
    const outcomes = scores.map((score, i) => episode(i + 1, score));
    const { rows } = buildResults([{ ...group('expert', outcomes, [1, 2, 3, 4]), goal: 900 }]);
    expect(rows[0]?.success).toMatchObject({ goal: 900, episodes: 2, rate: 0.5 });
    expect(rows[0]?.success?.interval?.[0]).toBeCloseTo(0.15, 3);
    expect(rows[0]?.success?.interval?.[1]).toBeCloseTo(0.85, 3);
    expect(buildResults([group('expert', outcomes)]).rows[0]?.success).toBeNull();
    const none = { ...group('expert', []), goal: 900 };
    expect(buildResults([none]).rows[0]?.success).toEqual({ goal: 900, episodes: 0, rate: null, interval: null });
  });

  it('sees that episodes are one and the same, and makes no interval of equal scores', () => {
    const outcomes = [1, 2, 3, 4].map((seed) => episode(seed, 10, { chain: seed < 4 ? 'aa' : 'bb' }));
    const { rows } = buildResults([group('noop', outcomes)]);
    expect(rows[0]).toMatchObject({ episodes: 4, distinct: 2, interval: null, interquartile_interval: null });
    const unknown = [...outcomes.slice(1), episode(1, 10, { chain: null })];
    expect(buildResults([group('noop', unknown)]).rows[0]?.distinct).toBeNull();
  });

  it('has the pairs beside the probability that knows no pairs', () => {
    const scores = (add: number) => [1, 2, 3, 4].map((seed) => episode(seed, 100 * seed + add));
    const { paired } = buildResults([group('old', scores(0)), group('new', scores(1))]);
    expect(paired[0]).toMatchObject({ wins: 4, share_ahead: 1, probability_of_improvement: 0.625 });
    expect(paired[0]?.share_ahead_interval?.[0]).toBeCloseTo(0.51, 2);
  });

  it('compares on common seeds and takes measured references before cited ones', () => {
    const random = group(
      'random',
      [1, 2, 3].map((seed) => episode(seed, 10 * seed)),
    );
    const expert = group(
      'expert',
      [2, 3, 4].map((seed) => episode(seed, 10 * seed + 100)),
    );
    const { rows, paired } = buildResults([random, expert]);
    expect(paired).toMatchObject([{ a: 'expert', b: 'random', episodes: 2, difference: 100, wins: 2, ties: 0 }]);
    expect(rows[1]?.references).toEqual({ random: 20, expert: 130, human: null });
    expect(rows.map((row) => row.normalised.expert)).toEqual([0, 1]);
    expect(buildResults([expert]).rows[0]?.references.random).toBe(-41);
  });

  it('makes aggregates of policies that played every game', () => {
    const inGame = (game: string, policy: string, scores: number[]): EpisodeGroup => ({
      ...group(
        policy,
        scores.map((score, i) => episode(i + 1, score)),
      ),
      game,
      published: [],
    });
    const groups = [
      ...[inGame('x', 'random', [0, 0]), inGame('x', 'expert', [10, 10]), inGame('x', 'm', [5, 5])],
      ...[inGame('y', 'random', [100, 100]), inGame('y', 'expert', [300, 300]), inGame('y', 'm', [300, 300])],
      inGame('x', 'only here', [1, 2]),
    ];
    const { aggregates } = buildResults(groups, { resamples: 100 });
    expect(aggregates.map(({ policy, mean }) => [policy, mean])).toEqual([
      ['random', 0],
      ['expert', 1],
      ['m', 0.75],
    ]);
  });

  it('writes what its schema says, also of hostile names', () => {
    const mixed = [episode(1, 1, { checkpoint: 'one' }), episode(2, 2, { checkpoint: 'two', commit: null })];
    const results = buildResults([group('__proto__', mixed), group('<b>', [])], { resamples: 50 });
    expect(resultsSchema.parse(JSON.parse(JSON.stringify(results)))).toEqual(results);
    expect(results.rows[0]?.checkpoint_sha256).toBe('one, two');
  });
});

describe('answer rates', () => {
  it('count questions, not decisions, and every kind apart', () => {
    const counts = sumCounts([
      { decisions: 90, parsed: 85, empty: 5, noMatch: 3, ambiguous: 2, illegal: 4, retries: 9, fallbacks: 5 },
      { decisions: 10, parsed: 10, timeouts: 1, modelErrors: 2 },
    ]);
    const rates = answerRates(counts);
    expect(rates).toMatchObject({ decisions: 100, questions: 112 });
    expect(rates.parseFailures).toBeCloseTo(10 / 112, 12);
    expect(rates.illegal).toBeCloseTo(4 / 112, 12);
    expect(rates.timeouts).toBeCloseTo(1 / 112, 12);
    expect(rates.fallbacks).toBe(0.05);
    expect(answerRates({})).toMatchObject({ questions: 0, illegal: 0 });
  });
});

describe('normaliseScore', () => {
  it('puts random at 0 and the reference at 1, and knows when it cannot', () => {
    expect(normaliseScore(5, 0, 10)).toBe(0.5);
    expect(normaliseScore(20, 0, 10)).toBe(2);
    expect(normaliseScore(1, null, 10)).toBeNull();
    expect(normaliseScore(1, 3, 3)).toBeNull();
  });
});

describe('seeds', () => {
  it('are read as they are written', () => {
    expect(parseSeeds('3,5, 100..102')).toEqual([3, 5, 100, 101, 102]);
    const seeds = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(seeds, (list) => {
        expect(parseSeeds(formatSeeds(list))).toEqual(list);
      }),
    );
  });

  it.each(['', '7..', '9..3', '-1', '1.5', '4294967296', '0..4294967295', '1,2,1', '3..5,4'])('refuse %j', (text) => {
    expect(() => parseSeeds(text)).toThrow(/seeds/);
  });
});
