/** An evaluation's results as text. */
import { harmlessName } from '../../core/harmless.js';
import { FEW_PAIRS } from '../../evaluation/comparison.js';
import type { PairedRow, ResultRow, Results } from '../../evaluation/index.js';
import { align, number, range } from './text.js';

/** The table, the paired differences, and what must be known to read them. */
export function resultsText(results: Results): string {
  const { rows, paired } = results;
  const parts = [
    scoreTable(rows),
    spentTable(rows),
    ...(paired.length > 0 ? [pairedTable(paired)] : []),
    remarks(results).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function scoreTable(rows: readonly ResultRow[]): string {
  const hasGoal = rows.some(({ success }) => success !== null);
  const header = ['game', 'policy', 'episodes', 'failed', 'mean', '95 %', 'median', 'IQM', 'of expert', 'unusable'];
  const lines = rows.map((row) => [
    row.game,
    row.policy,
    `${row.episodes}/${row.planned}`,
    String(row.failed),
    number(row.mean),
    rowInterval(row),
    number(row.median),
    number(row.interquartile_mean),
    row.normalised.expert === null ? '-' : `${(100 * row.normalised.expert).toFixed(0)} %`,
    `${(100 * (row.answers.parse_failures + row.answers.illegal + (row.answers.unusable ?? 0))).toFixed(1)} %`,
    ...(hasGoal ? [successText(row)] : []),
  ]);
  return align([[...header, ...(hasGoal ? ['reached goal, 95 %'] : [])], ...lines]);
}

/** What answers cost, of the policies that tell it; empty where none does. */
function spentTable(rows: readonly ResultRow[]): string {
  const lines = rows.flatMap(({ game, policy, spent }) =>
    spent === undefined
      ? []
      : [
          [
            ...[game, policy, String(spent.requests), String(spent.prompt_tokens), String(spent.answer_tokens)],
            ...[dollars(spent.cost), dollars(spent.cost_an_episode), spent.seconds_a_decision?.toFixed(2) ?? '-'],
          ],
        ],
  );
  if (lines.length === 0) return '';
  const header = ['game', 'policy', 'requests', 'prompt tokens', 'answer tokens', 'cost', 'an episode', 's/decision'];
  return align([header, ...lines]);
}

function dollars(value: number | null): string {
  return value === null ? '-' : `$${value.toFixed(4)}`;
}

/** Failed requests and answers that no parser may read, each outcome with its count. */
function troubleRemark({ game, policy, spent }: ResultRow): string[] {
  const trouble = Object.entries({ ...spent?.failed_requests, ...spent?.unusable_answers });
  if (trouble.length === 0) return [];
  return [`${game} ${policy}: of its service ${trouble.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`];
}

function pairedTable(paired: readonly PairedRow[]): string {
  const header = [
    ...['game', 'on the same seeds', 'seeds', 'difference', '95 %', 'ahead/level/behind'],
    ...['share ahead, 95 %', 'P(improvement), unpaired'],
  ];
  const lines = paired.map((row) => [
    row.game,
    `${row.a} - ${row.b}`,
    String(row.episodes),
    number(row.difference),
    row.interval === null && row.episodes > 1 ? 'all the same' : range(row.interval),
    `${row.wins}/${row.ties}/${row.losses}`,
    shareText(row.share_ahead, row.share_ahead_interval),
    share(row.probability_of_improvement),
  ]);
  return align([header, ...lines]);
}

/** What the numbers do not say by themselves, one line each. */
function remarks({ rows, paired }: Results): string[] {
  return [
    ...rows.flatMap(failureRemarks),
    ...rows.flatMap(troubleRemark),
    ...rows.flatMap(identicalRemark),
    ...rows.flatMap(differingRemark),
    ...fewRemark(rows, paired),
  ].map(harmlessName);
}

/** Every reason once, with its seeds, and what the failures do to the numbers. */
function failureRemarks({ game, policy, failures, failed, episodes, success }: ResultRow): string[] {
  const byReason = new Map<string, string[]>();
  for (const [seed, reason] of Object.entries(failures)) byReason.set(reason, [...(byReason.get(reason) ?? []), seed]);
  if (byReason.size === 0) return [];
  const asMisses = success && `; taken for misses, ${success.episodes}/${episodes + failed} reached the goal`;
  return [
    ...[...byReason].map(([reason, seeds]) => `${game} ${policy}: ${seeds.length} failed: ${reason} (${list(seeds)})`),
    `${game} ${policy}: its numbers are of the ${episodes} that did not fail${asMisses ?? ''}`,
  ];
}

const MAX_SEEDS_NAMED = 5;

function list(seeds: readonly string[]): string {
  const named = seeds.slice(0, MAX_SEEDS_NAMED).join(', ');
  return `seed${seeds.length === 1 ? '' : 's'} ${named}${seeds.length > MAX_SEEDS_NAMED ? ', …' : ''}`;
}

function identicalRemark({ game, policy, episodes, distinct }: ResultRow): string[] {
  if (distinct === null || distinct === episodes) return [];
  return [
    `${game} ${policy}: its ${episodes} episodes are only ${distinct} different one${distinct === 1 ? '' : 's'} ` +
      '(equal hash chains): seeds change nothing there, and repeating them says nothing new',
  ];
}

/** Workers that were let differ. */
function differingRemark({ game, policy, differing = [] }: ResultRow): string[] {
  if (differing.length === 0) return [];
  return [`${game} ${policy}: some of its episodes were played with ${differing.join('; ')}`];
}

function fewRemark(rows: readonly ResultRow[], paired: readonly PairedRow[]): string[] {
  const least = Math.min(...[...rows, ...paired].map(({ episodes }) => episodes).filter((episodes) => episodes > 0));
  if (!(least < FEW_PAIRS)) return [];
  return [
    `of ${least} episodes an interval is a rough guide: from ${FEW_PAIRS} on it holds the true mean about as often as it says`,
  ];
}

function rowInterval({ interval, episodes }: ResultRow): string {
  return interval === null && episodes > 1 ? 'all the same' : range(interval);
}

function successText({ success, episodes }: ResultRow): string {
  return success === null ? '-' : `${success.episodes}/${episodes}, ${shareText(success.rate, success.interval)}`;
}

function shareText(value: number | null, interval: readonly [number, number] | null): string {
  if (value === null || interval === null) return share(value);
  return `${share(value)} [${share(interval[0])} .. ${share(interval[1])}]`;
}

function share(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}
