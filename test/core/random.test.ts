import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/index.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('createRandom', () => {
  it('gives the same numbers for the same seed and stream', () => {
    fc.assert(
      fc.property(seeds, fc.string(), (seed, stream) => {
        const [a, b] = [createRandom(seed, stream), createRandom(seed, stream)];
        for (let i = 0; i < 20; i++) expect(a.next()).toBe(b.next());
      }),
    );
  });

  it('keeps its numbers from version to version', () => {
    const random = createRandom(7, 'policy');
    expect(Array.from({ length: 8 }, () => random.integer(6))).toMatchInlineSnapshot(`
      [
        2,
        1,
        4,
        3,
        3,
        5,
        1,
        4,
      ]
    `);
  });

  it('gives other numbers for another seed or stream', () => {
    const draw = (seed: number, stream: string) => {
      const random = createRandom(seed, stream);
      return Array.from({ length: 8 }, () => random.next()).join();
    };
    const draws = [0, 1, 2, 2 ** 32, 2 ** 32 + 1].flatMap((seed) => ['', 'a', 'b'].map((stream) => draw(seed, stream)));
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('draws every integer below a bound about equally often', () => {
    const random = createRandom(1);
    const counts = new Array(6).fill(0) as number[];
    for (let i = 0; i < 60_000; i++) counts[random.integer(6)]!++;
    // Chi-square with 5 degrees of freedom: 20.5 is the 0.1 % point, and the seed is fixed.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(20.5);
  });

  it('refuses what is no seed, bound or choice', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => createRandom(seed)).toThrow(RangeError);
    const random = createRandom(0);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => random.integer(bound)).toThrow(RangeError);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
