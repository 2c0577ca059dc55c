/**
 * What benchmarks came to over time: a line for each kept run, and a page that holds the newest against the one before.
 * Only runs on the same processor are compared, since another one says nothing of a commit.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { reachesGoal } from './benchmarks.mjs';

/** A row that got worse by more than this is marked: shared machines differ by some percent from run to run. */
export const TOLERANCE = 0.15;

/** Adds a run to a file of lines. */
export function keepRun(path, { manifest, rows }) {
  appendFileSync(path, `${JSON.stringify({ manifest, rows })}\n`);
}

/** All kept runs, oldest first. @throws where a line is broken: a history with holes looks like a good one */
export function readRuns(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`${path}:${i + 1} is no kept run: take the line out`);
    }
  });
}

const sameMachine = (a, b) => a.cpu.model === b.cpu.model && a.cpu.cores === b.cpu.cores;
const comparedOf = ({ ours, ratio }) => ratio ?? ours;

/** The run of the same benchmark on the same processor that came before; undefined where there is none. */
export function runBefore(run, runs) {
  const earlier = runs.filter(
    ({ manifest }) =>
      manifest.benchmark === run.manifest.benchmark &&
      manifest.date < run.manifest.date &&
      sameMachine(manifest, run.manifest),
  );
  return earlier.sort((a, b) => a.manifest.date.localeCompare(b.manifest.date)).at(-1);
}

/**
 * How a row differs from the same one of the run before: `change` is the share by which its value grew, and `isWorse`
 * whether that is in the wrong direction by more than the tolerance. What has no goal has no direction.
 */
export function changeOf(row, before) {
  const same = before?.rows.find(({ measure }) => measure === row.measure);
  if (same === undefined || comparedOf(same) === 0) return null;
  const change = comparedOf(row) / comparedOf(same) - 1;
  const isMoreBetter = row.goal?.startsWith('>') ?? null;
  const loss = isMoreBetter === null ? 0 : isMoreBetter ? -change : change;
  return { change, isWorse: loss > TOLERANCE };
}

const number = (value) => (value === null ? '–' : Number(value.toPrecision(3)).toLocaleString('en-US'));
const verdicts = { true: 'reached', false: '**missed**', null: '' };

/** The newest run of each benchmark, by name. @param runs of all benchmarks, in any order */
export function newestRuns(runs) {
  const names = [...new Set(runs.map(({ manifest }) => manifest.benchmark))].sort();
  return names.map((name) => {
    const own = runs.filter(({ manifest }) => manifest.benchmark === name);
    return own.sort((a, b) => a.manifest.date.localeCompare(b.manifest.date)).at(-1);
  });
}

/** Names of a run's plots, in the order in which they come, and of their files in docs/images. */
export function plotsOf({ manifest, rows }) {
  const names = new Set(rows.flatMap(({ curve }) => curve?.plot ?? []));
  return [...names].map((name, i) => ({ name, file: `bench-${manifest.benchmark}-${i + 1}.svg` }));
}

/** The page: the newest run of each benchmark, with what changed, and its plots (docs/images). */
export function benchmarkPage(runs) {
  const newest = newestRuns(runs);
  const rows = newest.flatMap(({ rows: all }) => all);
  const count = (verdict) => rows.filter((row) => reachesGoal(row) === verdict).length;
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --page` from what was kept (`runs/reference/bench-*.json`); do not edit it. Ours and',
    'the peer are of one run. *Before* is the kept run before on the same processor: how far the ratio, or ours where',
    `there is no peer, went up or down since. **Worse** marks what lost more than ${TOLERANCE * 100} %. What each row means`,
    'stands in `bench/`.',
    '',
    `Of ${rows.length} rows ${count(true)} reach their goal, ${count(false)} miss it, ${count(null)} have none.`,
    ...newest.flatMap((run) => section(run, runBefore(run, runs))),
    '',
  ].join('\n');
}

function section(run, before) {
  const { manifest, rows } = run;
  const { benchmark, date, commit, dirty, cpu } = manifest;
  const tree = dirty ? ', with changes that were not committed' : '';
  return [
    '',
    `## ${benchmark}`,
    '',
    `${date.slice(0, 10)}, commit ${commit?.slice(0, 10) ?? 'unknown'}${tree}; ${cpu.cores} cores, ${cpu.model}.`,
    '',
    ...plotsOf(run).flatMap(({ name, file }) => [`![${name}](images/${file})`, '']),
    '| measure | ours | peer | unit | ratio | goal | | before |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => {
      const cells = [row.measure, number(row.ours), number(row.peer), row.unit, number(row.ratio), row.goal ?? ''];
      return `| ${[...cells, verdicts[reachesGoal(row)], changeText(changeOf(row, before))].join(' | ')} |`;
    }),
  ];
}

function changeText(change) {
  if (change === null) return '';
  const percent = `${change.change >= 0 ? '+' : '−'}${Math.abs(change.change * 100).toFixed(0)} %`;
  return change.isWorse ? `${percent} **worse**` : percent;
}
