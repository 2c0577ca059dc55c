/** One policy in one game: its row of the table, and all that the table does not show. */
import type { ResultRow } from '../evaluation/index.js';
import { AnswerExamples } from './answer-examples.js';
import { actionNames } from './game-facts.js';
import type { PolicyGroup } from './group-episodes.js';
import { LatencyHistogram } from './latency-histogram.js';
import { sharedParts } from './plain-json.js';
import type { EpisodeReading } from './read-episode.js';
import type { EpisodeReport, Latency, PolicyReport } from './report-data.js';
import type { RunLinks } from './run-links.js';
import { scoreCurve } from './score-curve.js';

/** Texts that are shown of answers that could not be used. */
const EXAMPLES_SHOWN = 6;

/**
 * @param row the group's numbers.
 * @param counted the readings whose scores are in them.
 */
export async function policyReport(
  { label, readings }: PolicyGroup,
  row: ResultRow,
  counted: ReadonlySet<EpisodeReading>,
  links: RunLinks,
): Promise<PolicyReport> {
  const { common, own } = sharedParts(readings.map(({ record }) => record.manifest));
  const { policy } = (readings[0] as EpisodeReading).record.manifest;
  const episodes: EpisodeReport[] = [];
  for (const [index, reading] of readings.entries()) {
    episodes.push(await episodeReport(reading, own[index] ?? {}, counted.has(reading), links));
  }
  return {
    label,
    id: policy.id,
    provenance: policy.provenance,
    row,
    answers: { isText: readings.some(({ isText }) => isText), unusable: unusableAnswers(readings) },
    actions: actionCounts(readings),
    latency: { policy: latencyOf(readings, 'policyMs'), emulator: latencyOf(readings, 'emulatorMs') },
    curve: scoreCurve(readings.filter((reading) => counted.has(reading)).map(({ trace }) => trace)),
    episodes,
    manifest: common,
  };
}

function unusableAnswers(readings: readonly EpisodeReading[]): PolicyReport['answers']['unusable'] {
  const examples = new AnswerExamples();
  for (const reading of readings) examples.addAll(reading.examples);
  return examples.top(EXAMPLES_SHOWN);
}

function actionCounts(readings: readonly EpisodeReading[]): PolicyReport['actions'] {
  const nameOf = actionNames((readings[0] as EpisodeReading).record.manifest);
  const length = readings.reduce((longest, { actions }) => Math.max(longest, actions.length), 0);
  return Array.from({ length }, (_, index) => ({
    name: nameOf(index),
    count: readings.reduce((sum, { actions }) => sum + (actions[index] ?? 0), 0),
  }));
}

function latencyOf(readings: readonly EpisodeReading[], side: 'policyMs' | 'emulatorMs'): Latency | null {
  const all = new LatencyHistogram();
  for (const reading of readings) all.addAll(reading[side]);
  if (all.count === 0) return null;
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => all.quantile(share)) as [number, number, number];
  return { count: all.count, p50, p90, p99, highest: all.highest, bins: all.coarse() };
}

async function episodeReport(
  reading: EpisodeReading,
  manifest: EpisodeReport['manifest'],
  isCounted: boolean,
  links: RunLinks,
): Promise<EpisodeReport> {
  const { record, status, trouble, score, decisions, trace, policyMs, emulatorMs } = reading;
  const { seed, started } = record.manifest;
  return {
    seed,
    status,
    isCounted,
    score: Number.isFinite(score) ? score : null,
    decisions,
    started,
    policyMs: percentilesOf(policyMs),
    emulatorMs: percentilesOf(emulatorMs),
    trace,
    run: links.path(record.folder),
    video: await links.video(record.folder),
    trouble: trouble ?? (isCounted ? null : 'another episode of this seed counts'),
    manifest,
  };
}

function percentilesOf(histogram: LatencyHistogram): { p50: number; p99: number } | null {
  return histogram.count === 0 ? null : { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) };
}
