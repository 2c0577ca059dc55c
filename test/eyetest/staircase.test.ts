/** Simulated observers with known thresholds are found: without bias, with intervals that hold what they say. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Staircase } from '../../src/eyetest/psychophysics/staircase.js';
import { simulate } from './support/observers.js';

describe('a staircase', { timeout: 60_000 }, () => {
  it.each([
    { name: 'gap', count: 60 },
    { name: 'offset', count: 60 },
    { name: 'count', count: 60 },
  ])('finds the thresholds of observers of $name', ({ name, count }) => {
    const { covered, bias, questions } = simulate(name, count, 'ci');
    // Of 60 intervals 57 hold the threshold on average, and four deviations are seven; 1,000 observers of each test:
    // runs/reference/bench-eyetest.json.
    expect(covered).toBeGreaterThanOrEqual(50);
    expect(Math.abs(Math.log(bias))).toBeLessThan(Math.log(1.1));
    expect(Math.max(...questions)).toBeLessThanOrEqual(60);
  });

  it('agrees with psignifit on the same data, within its interval', async () => {
    const { cases } = JSON.parse(await readFile('test/eyetest/golden/psignifit.json', 'utf8')) as { cases: Golden[] };
    expect(cases).toHaveLength(9);
    for (const { choices, counts, threshold, interval } of cases) {
      const staircase = new Staircase({ strengths: counts.map(([level]) => Math.log10(level)), guess: 1 / choices });
      for (const [index, [, right, asked]] of counts.entries()) {
        for (let i = 0; i < asked; i++) staircase.add(index, i < right);
      }
      const { value, interval: own } = staircase.threshold();
      expect(value).toBeGreaterThan(interval[0]);
      expect(value).toBeLessThan(interval[1]);
      expect(own[0]).toBeLessThan(threshold);
      expect(own[1]).toBeGreaterThan(threshold);
    }
  });
});

interface Golden {
  readonly choices: number;
  readonly counts: readonly (readonly [level: number, right: number, asked: number])[];
  readonly threshold: number;
  readonly interval: readonly [number, number];
}
