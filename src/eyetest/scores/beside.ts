/** Eye tests beside scores in games: does who sees better score more? */
import { group } from 'd3-array';
import {
  areAllTies,
  type Interval,
  type ModelScores,
  rankCorrelation,
  rankCorrelationInterval,
} from '../../evaluation/index.js';
import type { NumberResult } from '../numbers/number-results.js';
import { type EyeTestResult, rowName } from '../results.js';
import type { PlayedScore } from './read-scores.js';

/** What is asked of a model of a report. */
export interface TestedModel {
  readonly model: string;
  readonly label: string;
  readonly plan: { readonly side: number };
  readonly results: readonly EyeTestResult[];
  readonly numbers: readonly NumberResult[];
}

/** One test and one measure, over all models that have both. */
export interface EyesAndScores {
  /** The eye test; behind it `, as trained` where it was asked so, and the pictures' side where there are several. */
  readonly test: string;
  readonly unit: string;
  /** Whether a smaller level or error is the better one. */
  readonly better: 'smaller' | 'larger';
  readonly measure: string;
  readonly models: readonly {
    readonly label: string;
    /** Threshold or error, in the test's unit. */
    readonly eye: number;
    /** Of each training. */
    readonly scores: readonly number[];
  }[];
  /** Spearman's; above 0 where who sees better scores more. Null where all see alike, or score alike. */
  readonly correlation: number | null;
  /** What is the same throughout, where there is no correlation. */
  readonly alike: 'eyes' | 'scores' | null;
  readonly interval: Interval | null;
}

/** Fewer models show no order. */
const FEWEST = 3;

/**
 * Every test with every measure that at least three models have. `policyOf` names the policy of a model in the tables.
 * A threshold beyond the levels stands at their end. A model without a score, or with fewer usable answers than not, is
 * left out; one that is there twice counts once. Pictures of another size are another test.
 */
export function eyesBesideScores(
  models: readonly TestedModel[],
  scores: readonly PlayedScore[],
  policyOf: (model: string) => string,
): EyesAndScores[] {
  const byMeasure = group(scores, ({ measure }) => measure);
  return eyesOf(models).flatMap(({ eyes, ...test }) =>
    [...byMeasure].flatMap(([measure, played]) => {
      const own = eyes.flatMap(({ model, eye }) => {
        const values = played.filter(({ policy }) => policy === policyOf(model.model)).map(({ value }) => value);
        return values.length === 0 ? [] : [{ label: model.label, policy: policyOf(model.model), eye, scores: values }];
      });
      if (new Set(own.map(({ policy }) => policy)).size < FEWEST) return [];
      const sign = test.better === 'smaller' ? -1 : 1;
      const ranked: ModelScores[] = own.map(({ eye, scores: values }) => ({ own: sign * eye, scores: values }));
      const correlation = rankCorrelation(ranked);
      const seesAlike = areAllTies(own.map(({ eye }) => eye));
      return [
        {
          ...{ ...test, measure, correlation, interval: rankCorrelationInterval(ranked) },
          models: own.map(({ policy: _, ...model }) => model),
          alike: correlation !== null ? null : seesAlike ? ('eyes' as const) : ('scores' as const),
        },
      ];
    }),
  );
}

interface EyesOfTest extends Pick<EyesAndScores, 'test' | 'unit' | 'better'> {
  readonly eyes: { readonly model: TestedModel; readonly eye: number }[];
}

function eyesOf(models: readonly TestedModel[]): EyesOfTest[] {
  const found = new Map<string, EyesOfTest>();
  const hasSizes = new Set(models.map(({ plan }) => plan.side)).size > 1;
  const note = (test: Omit<EyesOfTest, 'eyes'>, model: TestedModel, eye: number | null): void => {
    if (eye === null) return;
    const name = hasSizes ? `${test.test}, ${model.plan.side} pixels` : test.test;
    const { eyes } = found.get(name) ?? { eyes: [] };
    if (eyes.some((other) => other.model.model === model.model)) return;
    found.set(name, { ...test, test: name, eyes: [...eyes, { model, eye }] });
  };
  for (const model of models) {
    for (const { test, form, unit, harder, threshold, beyond, levels, ...answers } of model.results) {
      if (!isAnswered(answers)) continue;
      const ends = levels.map(({ level }) => level);
      const isLow = (beyond === 'harder') === (harder === 'smaller');
      const shown = beyond === null || threshold === null ? threshold : isLow ? Math.min(...ends) : Math.max(...ends);
      note({ test: rowName({ test, form }), unit, better: harder }, model, shown);
    }
    for (const { test, form, unit, error, ...answers } of model.numbers) {
      if (!isAnswered(answers)) continue;
      note({ test: rowName({ test, form }), unit, better: 'smaller' }, model, error);
    }
  }
  return [...found.values()];
}

/** The few answers that a model can give where it cannot answer most are not of the questions that others had. */
function isAnswered({ asked, usable }: { readonly asked: number; readonly usable: number }): boolean {
  return 2 * usable >= asked;
}
