/** Eye tests of one or several models side by side: what every form of the report is written from. */
import type { EyePlanFile } from '../answers-file.js';
import { readPlan } from '../answers-file.js';
import { type EyeTestResult, resultOf } from '../results.js';
import { readRuns } from '../run.js';
import type { TestRun } from '../test-run.js';

export interface EyeReportModel {
  /** As `--model` named it. */
  readonly model: string;
  readonly plan: EyePlanFile;
  readonly results: readonly EyeTestResult[];
  readonly questions: number;
  /** Answers that could not be used. */
  readonly unusable: number;
  /** US dollars; null where a price is not known; 0 of players that cost nothing. */
  readonly cost: number | null;
  /** Of services, in seconds; 0 of others. */
  readonly seconds: number;
}

export interface EyeReport {
  readonly format: 1;
  readonly made: string;
  readonly models: readonly EyeReportModel[];
}

/** Reads folders of eye tests; every question is drawn again. Rejects with `record`. */
export async function buildEyeReport(folders: readonly string[]): Promise<EyeReport> {
  const models: EyeReportModel[] = [];
  for (const folder of folders) models.push(modelOf(await readPlan(folder), await readRuns(folder)));
  return { format: 1, made: new Date().toISOString(), models };
}

function modelOf(plan: EyePlanFile, runs: readonly TestRun[]): EyeReportModel {
  const lines = runs.flatMap((run) => run.lines);
  const services = lines.flatMap(({ service }) => service ?? []);
  const costs = services.map(({ cost, isCached }) => (isCached ? 0 : cost));
  return {
    model: plan.model,
    plan,
    results: runs.map(resultOf),
    questions: lines.length,
    unusable: lines.filter(({ chosen }) => chosen === null).length,
    cost: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    seconds: services.reduce((sum, { latencyMs }) => sum + latencyMs / 1000, 0),
  };
}

/** The tests of any of the models, in the order in which they come. */
export function testsOf({ models }: EyeReport): EyeTestResult[] {
  const all = models.flatMap(({ results }) => results);
  return [...new Map(all.map((result) => [result.test, result])).values()];
}

export function resultFor({ results }: EyeReportModel, test: string): EyeTestResult | undefined {
  return results.find((result) => result.test === test);
}

/** The threshold in words: `5.2 (4.1 to 6.8)`, `below 1`, `above 48`. */
export function thresholdInWords(result: EyeTestResult | undefined): string {
  if (!result) return '–';
  const { threshold, interval, beyond, levels, harder } = result;
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
