/** Observers whose thresholds are known. */
import { createRandom } from '../../../src/core/index.js';
import { eyeTest, TestRun } from '../../../src/eyetest/index.js';
import { rightAnswer, strengthOf } from '../../../src/eyetest/psychophysics/psychometric.js';
import type { Planned } from '../../../src/eyetest/test-run.js';

export const PLAN = { seed: 7, side: 224, each: null, most: 60 } as const;

/** Goes through a test without its pictures. @param choose the index of the choice. */
export function goThrough(name: string, choose: (planned: Planned) => number, plan = PLAN): TestRun {
  const run = new TestRun({ ...eyeTest(name), draw: () => ({ frames: [] }) }, plan);
  for (let planned = run.next(); planned; planned = run.next()) {
    const { words: _words, frames: _frames, ...line } = planned;
    run.add({ ...line, chosen: choose(planned), unusable: null, raw: null }, planned);
  }
  return run;
}

export interface Simulated {
  /** Observers whose threshold lies in the interval. */
  readonly covered: number;
  /** Geometric mean of estimated by true thresholds. */
  readonly bias: number;
  readonly questions: readonly number[];
}

/** Observers with thresholds over the whole range of a test's levels. */
export function simulate(name: string, count: number, seed: string): Simulated {
  const test = eyeTest(name);
  const strengths = test.levels(PLAN.side).map((level) => strengthOf(level, test.harder));
  const [least, most] = [Math.min(...strengths), Math.max(...strengths)];
  const random = createRandom(1, `${seed} ${name}`);
  const guess = 1 / test.choices.length;
  let [covered, bias] = [0, 0];
  const questions: number[] = [];
  for (let i = 0; i < count; i++) {
    const threshold = least + (most - least) * (0.05 + 0.9 * random.next());
    const observer = {
      threshold,
      width: (most - least) * (0.1 + 0.5 * random.next()),
      lapse: 0.04 * random.next(),
      guess,
    };
    const run = goThrough(
      name,
      ({ answer, level }) => {
        const isRight = random.next() < rightAnswer(observer, strengthOf(level, test.harder));
        return isRight ? answer : (answer + 1 + random.integer(test.choices.length - 1)) % test.choices.length;
      },
      { ...PLAN, seed: i } as never,
    );
    const { value, interval } = run.staircase.threshold();
    if (interval[0] <= threshold && threshold <= interval[1]) covered++;
    bias += value - threshold;
    questions.push(run.lines.length);
  }
  return { covered, bias: 10 ** (bias / count), questions };
}
