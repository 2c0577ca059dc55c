#!/usr/bin/env node
/** `npm run bench -- NAME`: runs bench/NAME.ts, prints its table, and checks or keeps it; `--all` runs all of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmarkPage, changeOf, keepRun, newestRuns, readRuns, runBefore } from './lib/bench-history.mjs';
import { benchmarkNames, checkRows, formatTable, reachesGoal } from './lib/benchmarks.mjs';
import { root } from './lib/paths.mjs';
import { setUp } from './lib/set-up.mjs';
import { SetupError } from './lib/setup-error.mjs';
import { contentOf, writeAtomically } from './lib/stamps.mjs';

const usage = `Usage: npm run bench -- NAME [--check] [--save] [--json] [--peers]
       npm run bench -- --all [--check] [--save] [--peers]
       npm run bench -- --page

Runs one benchmark of bench/ on this machine, against its peer in the same run, or all of them, one after the other.

  --all     all benchmarks; one that fails does not end the others
  --check   exit 1 where a goal is missed
  --save    write runs/reference/bench-NAME.json, and docs/benchmarks.md; the file that was there joins
            runs/reference/bench-history.jsonl
  --peers   first set up PyTorch and transformers, the peers of \`model\` (6 GB, once)
  --page    only write docs/benchmarks.md and its plots anew
  --json    print JSON instead of a table
`;

const folder = join(root, 'bench');
const kept = join(root, 'runs', 'reference');
const history = join(kept, 'bench-history.jsonl');

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** What a reader needs to judge the numbers. */
function manifest(name) {
  const { version } = JSON.parse(contentOf(join(root, 'package.json')));
  const status = git('status', '--porcelain');
  return {
    benchmark: name,
    date: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD'),
    dirty: status === null ? null : status !== '',
    versions: { agent: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` },
    cpu: { model: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
  };
}

async function measure(name) {
  const { register } = await import('tsx/esm/api');
  register();
  const module = await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  return checkRows(await module.default());
}

/** The newest run of each benchmark, and those before. */
function keptRuns() {
  const files = readdirSync(kept).filter((file) => /^bench-[\w-]+\.json$/.test(file));
  return [...readRuns(history), ...files.map((file) => JSON.parse(contentOf(join(kept, file))))];
}

/** Needs the packages: plots are drawn with d3. */
async function writePage() {
  const path = join(root, 'docs', 'benchmarks.md');
  const runs = keptRuns();
  writeAtomically(path, benchmarkPage(runs));
  const { drawPlots } = await import('./lib/bench-plots.mjs');
  for (const { file, svg } of newestRuns(runs).flatMap(drawPlots)) {
    writeAtomically(join(root, 'docs', 'images', file), svg);
  }
  process.stderr.write(`Written: ${path}\n`);
}

/** Says what got worse, then puts the run into the place of the one before. */
async function save(run) {
  const path = join(kept, `bench-${run.manifest.benchmark}.json`);
  const runs = keptRuns();
  const before = runBefore(run, runs);
  for (const row of run.rows) {
    const change = changeOf(row, before);
    if (!change?.isWorse) continue;
    const percent = (change.change * 100).toFixed(0);
    process.stderr.write(`worse than at ${before.manifest.commit?.slice(0, 10)}: ${row.measure}, ${percent} %\n`);
  }
  const last = contentOf(path);
  if (last !== '') keepRun(history, JSON.parse(last));
  writeAtomically(path, `${JSON.stringify(run, null, 2)}\n`);
  process.stderr.write(`Written: ${path}\n`);
  await writePage();
}

/** Each in a process of its own, so that none finds the memory of another. @returns {number} the exit code */
function runAll(names, values) {
  const flags = ['check', 'save', 'peers'].filter((flag) => values[flag]).map((flag) => `--${flag}`);
  const failed = names.filter((name, i) => {
    process.stderr.write(`\n${i + 1} of ${names.length}: ${name}\n`);
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), name, ...flags],
      {
        stdio: 'inherit',
      },
    );
    return status !== 0;
  });
  const what = values.check ? 'failed, or missed a goal' : 'failed';
  if (failed.length > 0) process.stderr.write(`\n${failed.length} of ${names.length} ${what}: ${failed.join(', ')}\n`);
  return failed.length > 0 ? 1 : 0;
}

/** @returns {Promise<number>} the exit code */
async function main(args) {
  const flags = Object.fromEntries(
    ['all', 'check', 'save', 'peers', 'page', 'json', 'help'].map((f) => [f, { type: 'boolean' }]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: flags });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const names = benchmarkNames(folder);
  if (values.page && positionals.length === 0) {
    await setUp({});
    await writePage();
    return 0;
  }
  if (values.all && positionals.length === 0) return runAll(names, values);
  if (values.help || positionals.length === 0) {
    process.stdout.write(`${usage}\nBenchmarks: ${names.join(', ') || 'none yet'}\n`);
    return 0;
  }
  const [name] = positionals;
  if (positionals.length > 1 || values.all || values.page || !names.includes(name)) {
    process.stderr.write(`There is no benchmark ${positionals.join(' ')}; there are: ${names.join(', ')}\n`);
    return 2;
  }
  await setUp({ forTests: true, forTraining: values.peers }); // some peers need the development packages
  const about = manifest(name);
  const rows = await measure(name);
  process.stdout.write(
    values.json ? `${JSON.stringify({ manifest: about, rows }, null, 2)}\n` : `${formatTable(rows)}\n`,
  );
  if (values.save) await save({ manifest: about, rows });
  const missed = rows.filter((row) => reachesGoal(row) === false);
  if (values.check && missed.length > 0) process.stderr.write(`${missed.length} of ${rows.length} goals missed\n`);
  return values.check && missed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.describe() : error.stack}\n`);
  process.exitCode = 1;
}
