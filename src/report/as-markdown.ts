/** The report as Markdown: the tables, for documents, issues and chats. */
import type { ResultRow } from '../evaluation/index.js';
import {
  formatCount,
  formatDifference,
  formatInterval,
  formatMilliseconds,
  formatNormalised,
  formatScore,
  formatShare,
  NOTHING,
} from './format.js';
import type { Comparison, GameReport, Latency, PolicyReport, Report } from './report-data.js';
import { SPENT_COLUMNS, spentCells } from './spent-table.js';

/** Problems that are listed; report.json has every one. */
const MAX_PROBLEMS = 50;

export function asMarkdown(report: Report): string {
  const parts = [
    `# ${report.games.map(({ title }) => plain(title)).join(', ') || 'No episode'}`,
    `Evaluation report, ${report.made.slice(0, 10)}. ${formatCount(report.verified)} records verified, ` +
      `${formatCount(report.decisions)} decisions. Intervals are of ${report.confidence * 100} %.`,
    ...problems(report),
    ...report.games.flatMap(gameParts),
    ...aggregates(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

function gameParts(game: GameReport): string[] {
  return [
    `## ${plain(game.title)}`,
    `${plain(game.env)}, one decision in ${game.frameSkip} frames${game.maxSteps === null ? '' : `, at most ${formatCount(game.maxSteps)} decisions`}.`,
    scoreTable(game),
    ...(game.comparisons.length > 0 ? [comparisonTable(game)] : []),
    answerTable(game),
    latencyTable(game),
    ...spentTable(game),
  ];
}

function scoreTable({ policies }: GameReport): string {
  const hasGoal = policies.some(({ row }) => row.success !== null);
  const head = [
    'Policy',
    'Planned',
    'Finished',
    'Failed',
    'Missing',
    'Mean',
    '95 % interval',
    'Median',
    'IQM',
    '95 % interval',
    'Normalised',
    ...(hasGoal ? ['Reached goal, 95 % interval'] : []),
  ];
  return table(
    head,
    policies.map(({ label, row }) => [
      plain(label),
      ...[row.planned, row.episodes, row.failed, row.missing].map(formatCount),
      formatScore(row.mean),
      intervalText(row, row.interval),
      formatScore(row.median),
      formatScore(row.interquartile_mean),
      intervalText(row, row.interquartile_interval),
      formatNormalised(row.normalised.expert),
      ...(hasGoal ? [successText(row)] : []),
    ]),
  );
}

function intervalText({ episodes }: ResultRow, interval: ResultRow['interval']): string {
  return interval === null && episodes > 1 ? 'all the same' : formatInterval(interval);
}

function successText({ success, episodes }: ResultRow): string {
  if (success?.rate == null) return NOTHING;
  return `${success.episodes} of ${episodes}, ${formatInterval(success.interval, formatShare)}`;
}

function comparisonTable({ comparisons }: GameReport): string {
  const head = [
    'On common seeds',
    'Seeds',
    'Mean difference',
    '95 % interval',
    'Ahead / level / behind',
    'Share ahead, 95 % interval',
    'Probability of improvement, unpaired',
  ];
  const line = ({ row }: Comparison): string[] => [
    `${plain(row.a)} − ${plain(row.b)}`,
    formatCount(row.episodes),
    formatDifference(row.difference),
    formatInterval(row.interval, formatDifference),
    `${row.wins} / ${row.ties} / ${row.losses}`,
    row.share_ahead === null
      ? NOTHING
      : `${formatShare(row.share_ahead)}, ${formatInterval(row.share_ahead_interval, formatShare)}`,
    row.probability_of_improvement === null ? NOTHING : formatShare(row.probability_of_improvement),
  ];
  return table(head, comparisons.map(line));
}

function answerTable({ policies }: GameReport): string {
  const head = ['Policy', 'Decisions', 'Parse failures', 'Illegal', 'Model errors', 'Timeouts', 'Retries', 'Fallbacks'];
  return table(
    head,
    policies.map(({ label, row: { answers } }) => [
      plain(label),
      formatCount(answers.decisions),
      ...[answers.parse_failures, answers.illegal, answers.model_errors].map(formatShare),
      ...[answers.timeouts, answers.retries, answers.fallbacks].map(formatShare),
    ]),
  );
}

function latencyTable({ policies }: GameReport): string {
  const head = ['Policy', 'Policy p50', 'Policy p99', 'Emulator p50', 'Emulator p99'];
  const ends = (latency: Latency | null): string[] =>
    latency === null ? [NOTHING, NOTHING] : [latency.p50, latency.p99].map(formatMilliseconds);
  const line = ({ label, latency }: PolicyReport): string[] => [
    plain(label),
    ...ends(latency.policy),
    ...ends(latency.emulator),
  ];
  return table(head, policies.map(line));
}

/** Of the policies whose answers tell what they cost; nothing where none does. */
function spentTable({ policies }: GameReport): string[] {
  const lines = policies.flatMap(({ label, row }) => (row.spent ? [[plain(label), ...spentCells(row.spent)]] : []));
  return lines.length === 0 ? [] : [table(['Policy', ...SPENT_COLUMNS.map(({ title }) => title)], lines)];
}

function aggregates({ aggregates: rows }: Report): string[] {
  if (rows.length === 0) return [];
  const head = ['Policy', 'Games', 'Mean', '95 % interval', 'Median', 'IQM', '95 % interval'];
  const lines = rows.map((row) => [
    plain(row.policy),
    formatCount(row.games.length),
    formatNormalised(row.mean),
    formatInterval(row.interval, formatNormalised),
    formatNormalised(row.median),
    formatNormalised(row.interquartile_mean),
    formatInterval(row.interquartile_interval, formatNormalised),
  ]);
  return ['## All games', 'Normalised: 0 is random play, 1 the expert.', table(head, lines)];
}

function problems({ problems: all }: Report): string[] {
  if (all.length === 0) return [];
  const lines = all
    .slice(0, MAX_PROBLEMS)
    .map(({ kind, summary, where }) => `- ${kind}: ${plain(summary)}${where === null ? '' : ` (${plain(where)})`}`);
  if (all.length > MAX_PROBLEMS) lines.push(`- and ${all.length - MAX_PROBLEMS} more, in report.json`);
  return [lines.join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Text of a record in one line, with everything that Markdown or HTML could take for markup escaped. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#!|~]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/^(\s*)([-+]|\d+\.)/, '$1\\$2');
}
