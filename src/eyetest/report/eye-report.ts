/** Eye tests of one or several models side by side: what every form of the report is written from. */
import { AgentError } from '../../core/index.js';
import { type EyePlanFile, readPlan } from '../answers-file.js';
import { type NumberResult, numberResultOf } from '../numbers/number-results.js';
import { type Painting, paintingOf } from '../numbers/painting.js';
import { readNumberRuns } from '../numbers/run-numbers.js';
import { type EyeTestResult, resultOf, rowName } from '../results.js';
import { readRuns } from '../run.js';
import { type EyesAndScores, eyesBesideScores } from '../scores/beside.js';
import type { PlayedScore } from '../scores/read-scores.js';

export interface EyeReportModel {
  /** As `--model` named it. */
  readonly model: string;
  /** The same, with the size of the pictures where the report has several. */
  readonly label: string;
  readonly plan: EyePlanFile;
  readonly results: readonly EyeTestResult[];
  /** Of the tests with numbers. */
  readonly numbers: readonly NumberResult[];
  /** Pictures that were painted from its answers; the page alone shows them. */
  readonly paintings: readonly NamedPainting[];
  readonly questions: number;
  /** Answers that could not be used. */
  readonly unusable: number;
  /** US dollars; null where a price is not known; 0 of players that cost nothing. */
  readonly cost: number | null;
  /** Of services, in seconds; 0 of others. */
  readonly seconds: number;
}

export interface NamedPainting extends Painting {
  readonly test: string;
  readonly measures: string;
}

export interface EyeReport {
  readonly format: 1;
  readonly made: string;
  readonly models: readonly EyeReportModel[];
  /** Eye tests beside scores in games; none where no table of scores was given. */
  readonly scores: readonly EyesAndScores[];
}

/** Scores in games, and what tested models are called there, where they are called otherwise. */
export interface ScoresBeside {
  readonly scores: readonly PlayedScore[];
  /** Policies by model. */
  readonly policies: ReadonlyMap<string, string>;
}

/**
 * Reads folders of eye tests; every question is drawn again. Rejects with `record`, with `usage` where a model that is
 * called otherwise was not tested.
 */
export async function buildEyeReport(folders: readonly string[], beside?: ScoresBeside): Promise<EyeReport> {
  const read: Omit<EyeReportModel, 'label'>[] = [];
  for (const folder of folders) read.push(await modelOf(folder));
  const isOneSize = new Set(read.map(({ plan }) => plan.side)).size === 1;
  const labelOf = ({ model, plan }: Pick<EyeReportModel, 'model' | 'plan'>): string =>
    isOneSize ? model : `${model}, ${plan.side} pixels`;
  const models = read.map((model) => ({ ...model, label: labelOf(model) }));
  return {
    ...{ format: 1, made: new Date().toISOString(), models },
    scores: beside ? besideScores(models, beside) : [],
  };
}

function besideScores(models: readonly EyeReportModel[], { scores, policies }: ScoresBeside): EyesAndScores[] {
  requireTested(
    policies,
    models.map(({ model }) => model),
  );
  return eyesBesideScores(models, scores, (model) => policies.get(model) ?? model);
}

/** Throws `usage` where a model is called otherwise in tables of scores that is none of those tested. */
export function requireTested(policies: ScoresBeside['policies'], tested: readonly string[]): void {
  const unknown = [...policies.keys()].find((name) => !tested.includes(name));
  if (unknown === undefined) return;
  throw new AgentError('usage', 'a model that was not tested is called otherwise in the tables of scores', {
    expected: [...new Set(tested)].join(', '),
    got: unknown,
    where: '--scored-as',
  });
}

async function modelOf(folder: string): Promise<Omit<EyeReportModel, 'label'>> {
  const plan = await readPlan(folder);
  const [runs, numberRuns] = [await readRuns(folder), await readNumberRuns(folder)];
  const [choices, numbers] = [runs.flatMap(({ lines }) => lines), numberRuns.flatMap(({ lines }) => lines)];
  const lines = [...choices, ...numbers];
  const services = lines.flatMap(({ service }) => service ?? []);
  const costs = services.map(({ cost, isCached }) => (isCached ? 0 : cost));
  const answered = numberRuns.filter((run) => run.lines.length > 0);
  return {
    model: plan.model,
    plan,
    results: runs.map(resultOf),
    numbers: answered.map(numberResultOf),
    paintings: answered.flatMap((run) => {
      const painting = paintingOf(run);
      return painting ? [{ test: run.test.name, measures: run.test.measures, ...painting }] : [];
    }),
    questions: lines.length,
    unusable: lines.filter(({ unusable }) => unusable !== null).length,
    cost: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    seconds: services.reduce((sum, { latencyMs }) => sum + latencyMs / 1000, 0),
  };
}

/** The tests of any of the models, and the forms in which they were asked, in the order in which they come. */
export function testsOf({ models }: EyeReport): EyeTestResult[] {
  return firstOfEach(models.flatMap(({ results }) => results));
}

type Asked = Pick<EyeTestResult, 'test' | 'form'>;

export function resultFor({ results }: EyeReportModel, { test, form }: Asked): EyeTestResult | undefined {
  return results.find((result) => result.test === test && result.form === form);
}

function firstOfEach<T extends Asked>(results: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const result of results) {
    const name = rowName(result);
    if (!first.has(name)) first.set(name, result);
  }
  return [...first.values()];
}

/** The threshold in words: `5.2 (4.1 to 6.8)`, `below 1`, `above 48`. */
export function thresholdInWords(result: EyeTestResult | undefined): string {
  if (!result) return '–';
  const { threshold, interval, beyond, levels, harder, asked } = result;
  if (asked === 0) return 'not asked';
  if (threshold === null || interval === null) return 'no usable answer';
  const ends = levels.map(({ level }) => level);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  if (beyond !== null) {
    const isBelow = (beyond === 'harder') === (harder === 'smaller');
    return isBelow ? `below ${short(least)}` : `above ${short(most)}`;
  }
  return `${short(threshold)} (${short(interval[0])} to ${short(interval[1])})`;
}

/** Two digits that count. */
export function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** The error in words: `12.3 (10.1 to 14.5)`. */
export function errorInWords(result: NumberResult | undefined): string {
  if (!result) return '–';
  const { error, interval } = result;
  if (error === null) return 'no usable answer';
  return interval ? `${tenth(error)} (${tenth(interval[0])} to ${tenth(interval[1])})` : tenth(error);
}

const tenth = (value: number): string => value.toFixed(1);

/** Its unit behind it, where there is an error. */
export function errorWithUnit(result: NumberResult): string {
  const words = errorInWords(result);
  return result.error === null ? words : `${words} ${result.unit}`;
}

/** What a row of number results is of: each test, and each form in which it was asked, of the first that has it. */
export function numberRowsOf({ models }: EyeReport): NumberResult[] {
  return firstOfEach(models.flatMap(({ numbers }) => numbers));
}

export function numbersFor({ numbers }: EyeReportModel, { test, form }: NumberResult): NumberResult | undefined {
  return numbers.find((result) => result.test === test && result.form === form);
}
