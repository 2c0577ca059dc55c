/**
 * How often the interval of a mean over several trainings holds the true mean: experiments are made up whose trainings,
 * seeds and episodes differ by known deviations. The peer takes all their episodes for independent ones.
 */
import { createRandom } from '../src/core/index.js';
import { hierarchicalInterval, type Interval, meanInterval } from '../src/evaluation/index.js';
import { type Benchmark, type BenchmarkRow, fromEnvironment, ratioOf } from './benchmark.js';
import { type Design, madeUpTrainings } from './lib/made-up-trainings.js';

const SAMPLES = fromEnvironment('BENCH_SAMPLES', 500);
const RESAMPLES = 1000;
/** As in CarRacing, roughly: between seeds, and of what is left. */
const [SEED, EPISODE] = [50, 200];
const BETWEEN_TRAININGS = [0, 20, 60, 120];
const DESIGNS: readonly Design[] = [
  { budgets: 1, trainings: 3, seeds: 50 },
  { budgets: 4, trainings: 3, seeds: 50 },
];

const benchmark: Benchmark = async () =>
  DESIGNS.flatMap((design) => BETWEEN_TRAININGS.flatMap((training) => rowsOf(design, training)));

export default benchmark;

function rowsOf(design: Design, training: number): BenchmarkRow[] {
  const random = createRandom(training, 'trainings');
  const [ours, peer] = [new Held(), new Held()];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const strata = madeUpTrainings(design, { training, seed: SEED, episode: EPISODE }, random);
    const options = { resamples: RESAMPLES, seed: sample };
    ours.note(hierarchicalInterval(strata, options));
    peer.note(meanInterval(strata.flat(2) as number[], options));
  }
  const { budgets, trainings } = design;
  const what = `${budgets} budgets of ${trainings} trainings that differ by ${training}`;
  const row = (measure: string, a: number, b: number, unit: string): BenchmarkRow => {
    return { measure: `${what}: ${measure}`, ours: a, peer: b, unit, ratio: ratioOf(a, b), goal: null };
  };
  return [row('held', ours.share, peer.share, 'of 0.95'), row('width', ours.width, peer.width, 'points')];
}

class Held {
  #hits = 0;
  #width = 0;

  note(interval: Interval | null): void {
    const [low, high] = interval ?? [Number.NaN, Number.NaN];
    if (low <= 0 && high >= 0) this.#hits += 1;
    this.#width += high - low;
  }

  get share(): number {
    return this.#hits / SAMPLES;
  }

  get width(): number {
    return this.#width / SAMPLES;
  }
}
