/** What the benchmark runner does with rows: names, goals, the table and the file. See bench/benchmark.ts. */
import { readdirSync } from 'node:fs';

const notBenchmarks = new Set(['benchmark.ts']);

/** Names of the benchmarks in a folder: its TypeScript files, but for the contract and helpers in subfolders. */
export function benchmarkNames(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !notBenchmarks.has(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
}

/** `>= 0.9` → a test of a number. @throws on anything that is not a comparison with a number */
export function parseGoal(goal) {
  const match = /^(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(goal.trim());
  if (!match) throw new TypeError(`A goal reads like ">= 0.9", not ${JSON.stringify(goal)}`);
  const bound = Number(match[2]);
  const tests = {
    '>=': (value) => value >= bound,
    '<=': (value) => value <= bound,
    '>': (value) => value > bound,
    '<': (value) => value < bound,
  };
  return tests[match[1]];
}

/** Whether a row reaches its goal; null where it has none. A value that is no number reaches nothing. */
export function reachesGoal({ ours, peer, ratio, goal }) {
  if (goal === null || goal === undefined) return null;
  return parseGoal(goal)(peer === null ? ours : ratio);
}

/** @throws where a row is not as the contract says, since a table with holes looks like a good one */
export function checkRows(rows) {
  if (!Array.isArray(rows) || rows.length === 0) throw new TypeError('A benchmark returns at least one row');
  for (const row of rows) {
    const { measure, ours, peer, unit, ratio } = row;
    const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
    const good =
      typeof measure === 'string' &&
      typeof unit === 'string' &&
      isNumber(ours) &&
      (peer === null ? ratio === null : isNumber(peer) && isNumber(ratio));
    if (!good) throw new TypeError(`Not a benchmark's row: ${JSON.stringify(row)}`);
    reachesGoal(row);
  }
  return rows;
}

const significant = (value) => (value === null ? '–' : Number(value.toPrecision(4)).toLocaleString('en-US'));

/** The rows as an aligned table of text. */
export function formatTable(rows) {
  const verdicts = { true: 'reached', false: 'missed', null: '' };
  const lines = rows.map((row) => [
    row.measure,
    significant(row.ours),
    significant(row.peer),
    row.unit,
    row.ratio === null ? '–' : row.ratio.toFixed(3),
    row.goal ?? '',
    verdicts[reachesGoal(row)],
  ]);
  const table = [['measure', 'ours', 'peer', 'unit', 'ratio', 'goal', ''], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  const isNumber = (column) => [1, 2, 4].includes(column);
  const pad = (cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
  return table.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}
