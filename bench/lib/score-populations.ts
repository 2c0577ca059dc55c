/** Where scores come from, for measuring intervals: what was really scored, and shapes that games have. */
import { createRandom } from '../../src/core/index.js';
import { interquartileMean, mean, type Results } from '../../src/evaluation/index.js';

export interface Population {
  readonly draw: () => number;
  readonly ofMean: number;
  readonly ofMiddle: number;
}

/** Draws from which the true values of a shape are taken. */
const MANY = 1_000_000;

/** Every row of the table whose scores differ, every pair of its models and experts, and five shapes. */
export function populations({ rows, paired }: Results): Population[] {
  const scores = rows.map((row) => Object.values(row.scores));
  const differences = paired.map(({ game, a, b }) => {
    const of = (policy: string) => rows.find((row) => row.game === game && row.policy === policy)?.scores ?? {};
    return Object.entries(of(a)).map(([seed, score]) => score - (of(b)[seed] ?? 0));
  });
  const random = createRandom(1, 'populations');
  const measured = [...scores, ...differences].filter((values) => new Set(values).size > 5);
  return [...measured.map((values) => ofValues(values, random.pick)), ...shapes(random.next)];
}

function ofValues(values: readonly number[], pick: (from: readonly number[]) => number): Population {
  return { draw: () => pick(values), ofMean: mean(values), ofMiddle: interquartileMean(values) };
}

function shapes(next: () => number): Population[] {
  const decay = (): number => -Math.log(1 - next());
  const normal = (): number => Math.sqrt(2 * decay()) * Math.cos(2 * Math.PI * next());
  const skewed = (): number => decay() + decay() + decay() + decay();
  const draws = [
    normal,
    () => 920 - 90 * decay(), // a ceiling and a tail of bad tracks
    () => (next() < 0.1 ? 300 + 100 * normal() : 880 + 20 * normal()), // one crash in ten
    () => 5 * Math.round(20 * skewed()), // points in steps
    () => (next() < 0.5 ? 0 : 20 * skewed() - 40), // differences, half of them ties
    () => Math.floor(6 * next() * next()), // few small whole numbers
  ];
  return draws.map((draw) => {
    const all = Float64Array.from({ length: MANY }, draw);
    return { draw, ofMean: mean(all), ofMiddle: interquartileMean(all) };
  });
}
