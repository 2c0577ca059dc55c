/**
 * The report as CSV (RFC 4180): one file of rows as in the table, one of episodes. Numbers have every digit. A text
 * that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises.
 */
import type { GameReport, Report } from './report-data.js';

type Cell = string | number | boolean | null;

/** Columns of what answers cost, by the names of results.json; empty where nothing is known of it. */
const SPENT = [
  ...(['requests', 'prompt_tokens', 'cached_tokens', 'answer_tokens', 'reasoning_tokens', 'cost'] as const),
  ...(['cost_an_episode', 'service_seconds', 'seconds_a_decision'] as const),
] as const;

/** report.csv: one row a game and policy. */
export function rowsAsCsv({ games }: Report): string {
  const head = [
    ...['game', 'env', 'policy', 'policy_id', 'checkpoint_sha256', 'commit', 'seeds'],
    ...['planned', 'finished', 'failed', 'missing', 'mean', 'mean_low', 'mean_high', 'standard_deviation', 'median'],
    ...['interquartile_mean', 'interquartile_mean_low', 'interquartile_mean_high', 'lowest', 'highest'],
    ...['normalised_expert', 'normalised_human', 'decisions', 'questions', 'parse_failures', 'illegal', 'model_errors'],
    ...['goal', 'reached_goal', 'reached_goal_low', 'reached_goal_high', 'distinct'],
    ...['timeouts', 'retries', 'fallbacks', 'policy_ms_p50', 'policy_ms_p99', 'emulator_ms_p50', 'emulator_ms_p99'],
    ...['clock', 'unusable', ...SPENT],
  ];
  return csv(head, games.flatMap(rowsOf));
}

function rowsOf({ env, policies }: GameReport): Cell[][] {
  return policies.map(({ id, row, latency }) => {
    const { answers } = row;
    return [
      ...[row.game, env, row.policy, id, row.checkpoint_sha256, row.commit, row.seeds],
      ...[row.planned, row.episodes, row.failed, row.missing, row.mean, ...ends(row.interval), row.standard_deviation],
      ...[row.median, row.interquartile_mean, ...ends(row.interquartile_interval), row.lowest, row.highest],
      ...[row.normalised.expert, row.normalised.human, answers.decisions, answers.questions, answers.parse_failures],
      ...[answers.illegal, answers.model_errors],
      ...[
        row.success?.goal ?? null,
        row.success?.episodes ?? null,
        ...ends(row.success?.interval ?? null),
        row.distinct,
      ],
      ...[answers.timeouts, answers.retries, answers.fallbacks],
      ...[latency.policy?.p50 ?? null, latency.policy?.p99 ?? null],
      ...[latency.emulator?.p50 ?? null, latency.emulator?.p99 ?? null],
      ...[row.clock ?? null, answers.unusable ?? 0, ...SPENT.map((name) => row.spent?.[name] ?? null)],
    ];
  });
}

/** episodes.csv: one row an episode. */
export function episodesAsCsv({ games }: Report): string {
  const head = [
    ...['game', 'policy', 'policy_id', 'seed', 'status', 'counted', 'score', 'decisions', 'policy_ms_p50'],
    ...['policy_ms_p99', 'emulator_ms_p50', 'emulator_ms_p99', 'started', 'trouble', 'run', 'video'],
  ];
  const rows = games.flatMap(({ name, policies }) =>
    policies.flatMap(({ label, id, episodes }) =>
      episodes.map((episode): Cell[] => [
        ...[name, label, id, episode.seed, episode.status, episode.isCounted, episode.score, episode.decisions],
        ...[episode.policyMs?.p50 ?? null, episode.policyMs?.p99 ?? null],
        ...[episode.emulatorMs?.p50 ?? null, episode.emulatorMs?.p99 ?? null],
        ...[episode.started, episode.trouble, episode.run, episode.video],
      ]),
    ),
  );
  return csv(head, rows);
}

function ends(interval: readonly [number, number] | null): readonly Cell[] {
  return interval ?? [null, null];
}

function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[head, ...rows].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
