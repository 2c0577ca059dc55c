/** An evaluation's results as text. */
import type { Results } from '../evaluation/index.js';

/** The table, then the paired differences. */
export function resultsText({ rows, paired }: Results): string {
  const table = rows.map((row) => [
    row.game,
    row.policy,
    `${row.episodes}/${row.planned}`,
    String(row.failed),
    number(row.mean),
    range(row.interval),
    number(row.median),
    number(row.interquartile_mean),
    row.normalised.expert === null ? '-' : `${(100 * row.normalised.expert).toFixed(0)} %`,
    `${(100 * (row.answers.parse_failures + row.answers.illegal)).toFixed(1)} %`,
  ]);
  const header = ['game', 'policy', 'episodes', 'failed', 'mean', '95 %', 'median', 'IQM', 'of expert', 'unusable'];
  const differences = paired.map((row) => [
    row.game,
    `${row.a} - ${row.b}`,
    String(row.episodes),
    number(row.difference),
    range(row.interval),
    row.probability_of_improvement === null ? '-' : row.probability_of_improvement.toFixed(2),
  ]);
  const pairs = ['game', 'on the same seeds', 'seeds', 'difference', '95 %', 'P(improvement)'];
  return [align([header, ...table]), ...(paired.length > 0 ? [align([pairs, ...differences])] : [])].join('\n\n');
}

function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}

function range(interval: readonly [number, number] | null): string {
  return interval === null ? '-' : `${number(interval[0])} .. ${number(interval[1])}`;
}

/** Columns as wide as their widest text; the first two to the left, numbers to the right. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((text, column) => (column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
