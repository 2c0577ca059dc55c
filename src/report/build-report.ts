/** From run folders to the report's data: finds the records, reads each once, and puts them together. */

import { inOneLine } from '../evaluation/index.js';
import { type EpisodeRecord, openRecord, programVersions } from '../record/index.js';
import { throwIfCancelled } from './cancelled.js';
import { findRecords } from './find-records.js';
import { gameReport } from './game-report.js';
import { withOwnTitles } from './game-titles.js';
import { type GameGroup, groupEpisodes } from './group-episodes.js';
import { notices } from './notices.js';
import { type Plans, readPlans } from './plans.js';
import { type EpisodeReading, readEpisode } from './read-episode.js';
import { type GameReport, type Problem, REPORT_FORMAT, type Report } from './report-data.js';
import { reportNumbers } from './report-numbers.js';
import { type RunLinks, runLinks } from './run-links.js';

/** Of the bootstrap intervals. */
const CONFIDENCE = 0.95;

export interface BuildOptions {
  /** Absolute path of the folder that the report goes to: links start there. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Told after each record. */
  readonly onRecord?: (done: number, total: number, decisions: number) => void;
}

/**
 * Rejects with `record` where a named folder is not there or holds no record, and with `cancelled`. A damaged
 * record is a problem in the report.
 */
export async function buildReport(runs: readonly string[], options: BuildOptions): Promise<Report> {
  const links = runLinks(options.folder);
  const { folders, evaluations, unreadable } = await findRecords(runs);
  const problems: Problem[] = unreadable.map(({ folder, reason }) => ({
    kind: 'failure',
    summary: `a folder cannot be looked into: ${reason}`,
    where: links.path(folder),
  }));
  const readings = await readAll(folders, problems, links, options);
  const plans = await readPlans(evaluations, links, problems);
  const groups = groupEpisodes(readings, plans);
  const numbers = reportNumbers(groups);
  const written: GameReport[] = [];
  for (const group of groups) written.push(await gameReport(group, numbers, links));
  const games = withOwnTitles(written);
  return {
    format: REPORT_FORMAT,
    made: new Date().toISOString(),
    agent: (await programVersions()).agent as string,
    confidence: CONFIDENCE,
    games,
    aggregates: numbers.aggregates,
    evaluations: plans.manifests,
    problems: [...problems, ...neverBegun(plans, groups, links), ...notices(written, readings)],
    verified: readings.filter(({ isVerified }) => isVerified).length,
    decisions: decisionsOf(readings),
  };
}

/** One after the other: reading is bound by the processor, and two at a time would only hold more in memory. */
async function readAll(
  folders: readonly string[],
  problems: Problem[],
  links: RunLinks,
  { signal, onRecord }: BuildOptions,
): Promise<EpisodeReading[]> {
  const readings: EpisodeReading[] = [];
  let decisions = 0;
  for (const [index, folder] of folders.entries()) {
    throwIfCancelled(signal);
    const record = await openOrTell(folder, problems, links);
    if (record !== null) {
      const reading = await readEpisode(record, signal === undefined ? {} : { signal });
      readings.push(reading);
      decisions += reading.decisions;
      if (reading.trouble !== null) {
        problems.push({ kind: 'failure', summary: describe(reading, reading.trouble), where: links.path(folder) });
      }
    }
    onRecord?.(index + 1, folders.length, decisions);
  }
  return readings;
}

async function openOrTell(folder: string, problems: Problem[], links: RunLinks): Promise<EpisodeRecord | null> {
  try {
    return await openRecord(folder);
  } catch (error) {
    problems.push({
      kind: 'failure',
      summary: `no manifest to go by, in no table: ${inOneLine(error)}`,
      where: links.path(folder),
    });
    return null;
  }
}

function describe({ record: { manifest } }: EpisodeReading, trouble: string): string {
  return `${manifest.game.name}, ${manifest.policy.id}, seed ${manifest.seed}: ${trouble}`;
}

/** Parts of an evaluation of which there is no record at all, and so no row in a table. */
function neverBegun({ all }: Plans, games: readonly GameGroup[], links: RunLinks): Problem[] {
  const begun = new Set(games.flatMap(({ policies }) => policies.flatMap((policy) => policy.plans)));
  return all
    .filter((plan) => !begun.has(plan))
    .map(({ game, policy, seeds, folder }) => ({
      kind: 'failure',
      summary: `${game}, ${policy}: planned on ${seeds.length} seeds, none of them begun`,
      where: links.path(folder),
    }));
}

function decisionsOf(readings: readonly EpisodeReading[]): number {
  return readings.reduce((sum, { decisions }) => sum + decisions, 0);
}
