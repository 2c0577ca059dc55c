/** Scores of trainings whose true mean is 0: what makes a training good, a seed easy, and an episode lucky. */
import type { Random } from '../../src/core/index.js';
import type { SeedScores, Stratum } from '../../src/evaluation/index.js';

/** Of a score, in its units: between trainings, between seeds, and of what is left. */
export interface Deviations {
  readonly training: number;
  readonly seed: number;
  readonly episode: number;
}

export interface Design {
  readonly budgets: number;
  readonly trainings: number;
  readonly seeds: number;
}

/** One made-up experiment: trainings of each budget, all on the same seeds. */
export function madeUpTrainings({ budgets, trainings, seeds }: Design, of: Deviations, random: Random): Stratum[] {
  const ease = Array.from({ length: seeds }, () => of.seed * normal(random));
  return Array.from({ length: budgets }, () =>
    Array.from({ length: trainings }, (): SeedScores => {
      const good = of.training * normal(random);
      return ease.map((easy) => easy + good + of.episode * normal(random));
    }),
  );
}

/** A standard normal number, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
