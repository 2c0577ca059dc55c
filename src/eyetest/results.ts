/** What the answers to a test say. */
import type { Form } from './numbers/number-line.js';
import { levelOf } from './psychophysics/psychometric.js';
import type { TestRun } from './test-run.js';

export interface LevelCount {
  readonly level: number;
  readonly asked: number;
  readonly right: number;
}

export interface Share {
  readonly name: string;
  readonly asked: number;
  readonly right: number;
}

export interface EyeTestResult {
  readonly test: string;
  /** `trained`: in the form that checkpoints of this project learn. */
  readonly form: Form;
  readonly family: string;
  readonly measures: string;
  readonly unit: string;
  readonly harder: 'smaller' | 'larger';
  /** Share of right answers by guessing. */
  readonly guess: number;
  /** In the test's unit. Null where no answer could be used. */
  readonly threshold: number | null;
  /** That holds it with a probability of 0.95; low to high. */
  readonly interval: readonly [number, number] | null;
  /** That it lies beyond all levels: `easier` if even the easiest is too hard, `harder` if even the hardest is seen. */
  readonly beyond: 'easier' | 'harder' | null;
  /** Of the function, in the logarithm of the level. */
  readonly width: number;
  readonly lapse: number;
  readonly asked: number;
  readonly usable: number;
  readonly right: number;
  /** By reason. */
  readonly unusable: Readonly<Record<string, number>>;
  readonly levels: readonly LevelCount[];
  /** Of usable answers, by wording and by the place of the right choice: what should make no difference. */
  readonly wordings: readonly Share[];
  readonly places: readonly Share[];
  /** Share of each choice among the usable answers, by its place. */
  readonly chosen: readonly number[];
}

export function resultOf({ test, form, lines, staircase, levels }: TestRun): EyeTestResult {
  const { name, family, measures, unit, harder, choices } = test;
  const usable = lines.filter(({ chosen }) => chosen !== null);
  const { width, lapse } = staircase.mean();
  const counted = (of: (line: (typeof lines)[number]) => boolean) => {
    const own = usable.filter(of);
    return { asked: own.length, right: own.filter(({ chosen, answer }) => chosen === answer).length };
  };
  const unusable: Record<string, number> = {};
  for (const { unusable: reason } of lines) if (reason !== null) unusable[reason] = (unusable[reason] ?? 0) + 1;
  return {
    ...{ test: name, form, family, measures, unit, harder, guess: 1 / choices.length },
    ...(usable.length === 0 ? NO_THRESHOLD : thresholdOf(staircase.threshold(), levels, harder)),
    ...{ width, lapse, asked: lines.length, usable: usable.length, right: counted(() => true).right, unusable },
    levels: levels.map((level) => ({ level, ...counted((line) => line.level === level) })),
    wordings: (form === 'trained' ? ['as trained'] : test.wordings).map((words, i) => ({
      name: words,
      ...counted(({ wording }) => wording === i),
    })),
    places: choices.map((choice, i) => ({ name: choice, ...counted(({ answer }) => answer === i) })),
    chosen: choices.map((_, i) => share(usable.filter(({ chosen }) => chosen === i).length, usable.length)),
  };
}

const NO_THRESHOLD = { threshold: null, interval: null, beyond: null } as const;

function thresholdOf(
  { value, interval }: ReturnType<TestRun['staircase']['threshold']>,
  levels: readonly number[],
  harder: 'smaller' | 'larger',
): Pick<EyeTestResult, 'threshold' | 'interval' | 'beyond'> {
  const threshold = levelOf(value, harder);
  const ends = interval.map((x) => levelOf(x, harder)).sort((a, b) => a - b) as [number, number];
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  const [easiest, hardest] = harder === 'smaller' ? [most, least] : [least, most];
  const isPast = (limit: number, sign: number): boolean => sign * (Math.log(threshold) - Math.log(limit)) > 0;
  const up = harder === 'smaller' ? 1 : -1;
  const beyond = isPast(easiest, up) ? 'easier' : isPast(hardest, -up) ? 'harder' : null;
  return { threshold, interval: ends, beyond };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** A row's name: forms that only checkpoints of this project know are marked. */
export function rowName({ test, form }: Pick<EyeTestResult, 'test' | 'form'>): string {
  return form === 'trained' ? `${test}, as trained` : test;
}
