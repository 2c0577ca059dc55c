/** What the answers with numbers say: how far they are off. */
import { type Interval, meanInterval } from '../../evaluation/index.js';
import type { Form, NumberLine } from './number-line.js';
import type { NumberRun } from './number-run.js';
import { mean, median, type NumberTest } from './number-test.js';

export interface NumberResult {
  readonly test: string;
  readonly form: Form;
  readonly kind: NumberTest['kind'];
  readonly measures: string;
  readonly unit: string;
  readonly asked: number;
  readonly usable: number;
  /** By reason; in no other number. */
  readonly unusable: Readonly<Record<string, number>>;
  /** Mean error of usable answers, in the test's unit: absolute, of a place its distance; null where there is none. */
  readonly error: number | null;
  /** That holds the mean with a probability of 0.95, over questions like these; null where it cannot be said. */
  readonly interval: Interval | null;
  readonly median: number | null;
  /** Of usable answers' colors or places, the share that is no further off; of a color its worst channel counts. */
  readonly within: readonly { readonly distance: number; readonly share: number | null }[];
  readonly wordings: readonly { readonly name: string; readonly usable: number; readonly error: number | null }[];
  /** The error of who always says the same, over all questions. */
  readonly baselines: readonly { readonly name: string; readonly error: number }[];
}

/** How far off a thing is, by how far its numbers are. */
type Off = (differences: readonly number[]) => number;

const furthestOf: Off = (differences) => Math.max(...differences);
const distance: Off = (differences) => Math.hypot(...differences);

/** The error, and what `within` goes by. */
const OFF: Readonly<Record<NumberTest['kind'], { off: Off; worst: Off }>> = {
  pixels: { off: mean, worst: furthestOf },
  painting: { off: mean, worst: furthestOf },
  sight: { off: mean, worst: furthestOf },
  point: { off: distance, worst: distance },
};

export function numberResultOf({ test, form, lines, questions }: NumberRun): NumberResult {
  const { name, kind, measures, unit, together, within, wordings, baselines } = test;
  const step = questions.question(0).step;
  const usable = lines.filter(({ numbers }) => numbers !== null);
  const { off, worst } = OFF[kind];
  const errorOf = (line: NumberLine): number => step * mean(inParts(differences(line), together).map(off));
  const errors = usable.map(errorOf);
  const furthest = usable.flatMap((line) => inParts(differences(line), together).map((part) => step * worst(part)));
  const unusable: Record<string, number> = {};
  for (const { unusable: reason } of lines) if (reason !== null) unusable[reason] = (unusable[reason] ?? 0) + 1;
  const of = (own: readonly NumberLine[]): number | null => (own.length === 0 ? null : mean(own.map(errorOf)));
  return {
    ...{ test: name, form, kind, measures, unit, asked: lines.length, usable: usable.length, unusable },
    error: of(usable),
    interval: aboveZero(meanInterval(errors)),
    median: errors.length === 0 ? null : median(errors),
    within: within.map((distance) => ({
      distance,
      share: furthest.length === 0 ? null : furthest.filter((by) => by <= distance).length / furthest.length,
    })),
    wordings: (form === 'trained' ? ['as trained'] : wordings).map((words, i) => {
      const own = usable.filter(({ wording }) => wording === i);
      return { name: words, usable: own.length, error: of(own) };
    }),
    baselines:
      lines.length === 0
        ? []
        : Object.entries(baselines).map(([words, say]) => ({
            name: words,
            error:
              step *
              alwaysSaying(
                lines.map(({ truth }) => truth),
                { together, off, say },
              ),
          })),
  };
}

function differences({ truth, numbers }: NumberLine): number[] {
  return truth.map((right, i) => Math.abs(right - (numbers?.[i] as number)));
}

/** The mean error of one answer to all: each number of a thing, such as its red, by itself. */
function alwaysSaying(
  truths: readonly (readonly number[])[],
  { together, off, say }: { together: number; off: Off; say: (values: readonly number[]) => number },
): number {
  const things = truths.flatMap((truth) => inParts(truth, together));
  const said = Array.from({ length: together }, (_, i) => say(things.map((thing) => thing[i] as number)));
  return mean(things.map((thing) => off(thing.map((value, i) => Math.abs(value - (said[i] as number))))));
}

export function inParts<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** No mean error is below zero, whatever an interval that is as long to both sides says. */
const aboveZero = (interval: Interval | null): Interval | null => interval && [Math.max(0, interval[0]), interval[1]];
