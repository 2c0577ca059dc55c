/** The seeds' split: what datasets, trainings and tables were made with. */
import { expect, it } from 'vitest';
import { FIRST_EVALUATION_SEED, SEEDS } from '../../src/core/seeds.js';

it('the ranges are those that every committed result was made with', () => {
  expect(SEEDS).toEqual({
    training: { from: 0, to: 89_999 },
    validation: { from: 90_000, to: 94_999 },
    test: { from: 95_000, to: 99_999 },
    evaluation: { from: 100_000, to: 199_999 },
  });
  expect(FIRST_EVALUATION_SEED).toBe(100_000);
});
