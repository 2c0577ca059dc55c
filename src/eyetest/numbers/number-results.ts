/** What the answers with numbers say: how far they are off. */
import { type Interval, meanInterval } from '../../evaluation/index.js';
import type { Form, NumberLine } from './number-line.js';
import type { NumberRun } from './number-run.js';
import { mean, median } from './number-test.js';

export interface NumberResult {
  readonly test: string;
  readonly form: Form;
  readonly kind: 'pixels' | 'painting' | 'sight';
  readonly measures: string;
  readonly unit: string;
  readonly asked: number;
  readonly usable: number;
  /** By reason; in no other number. */
  readonly unusable: Readonly<Record<string, number>>;
  /** Mean absolute error of usable answers, in the test's unit; null where there is none. */
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

export function numberResultOf({ test, form, lines, questions }: NumberRun): NumberResult {
  const { name, kind, measures, unit, together, within, wordings, baselines } = test;
  const step = questions.question(0).step;
  const usable = lines.filter(({ numbers }) => numbers !== null);
  const errors = usable.map((line) => step * mean(differences(line)));
  const worst = usable.flatMap((line) => inParts(differences(line), together).map((part) => step * Math.max(...part)));
  const unusable: Record<string, number> = {};
  for (const { unusable: reason } of lines) if (reason !== null) unusable[reason] = (unusable[reason] ?? 0) + 1;
  const of = (own: readonly NumberLine[]): number | null =>
    own.length === 0 ? null : step * mean(own.map((line) => mean(differences(line))));
  return {
    ...{ test: name, form, kind, measures, unit, asked: lines.length, usable: usable.length, unusable },
    error: of(usable),
    interval: aboveZero(meanInterval(errors)),
    median: errors.length === 0 ? null : median(errors),
    within: within.map((distance) => ({
      distance,
      share: worst.length === 0 ? null : worst.filter((off) => off <= distance).length / worst.length,
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
                together,
                say,
              ),
          })),
  };
}

function differences({ truth, numbers }: NumberLine): number[] {
  return truth.map((right, i) => Math.abs(right - (numbers?.[i] as number)));
}

/** The mean error of one answer to all: red, green and blue each by itself. */
function alwaysSaying(
  truths: readonly (readonly number[])[],
  together: number,
  say: (values: readonly number[]) => number,
): number {
  const things = truths.flatMap((truth) => inParts(truth, together));
  const channels = Array.from({ length: together }, (_, c) => things.map((thing) => thing[c] as number));
  return mean(channels.map((values) => mean(values.map((value) => Math.abs(value - say(values))))));
}

export function inParts<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** No mean error is below zero, whatever an interval that is as long to both sides says. */
const aboveZero = (interval: Interval | null): Interval | null => interval && [Math.max(0, interval[0]), interval[1]];
