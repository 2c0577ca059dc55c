#!/usr/bin/env node
/** `npm run bench -- NAME`: runs bench/NAME.ts, prints its table, and checks or keeps it. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmarkNames, checkRows, formatTable, reachesGoal } from './lib/benchmarks.mjs';
import { root } from './lib/paths.mjs';
import { setUp } from './lib/set-up.mjs';
import { SetupError } from './lib/setup-error.mjs';
import { contentOf, writeAtomically } from './lib/stamps.mjs';

const usage = `Usage: npm run bench -- NAME [--check] [--save] [--json]

Runs one benchmark of bench/ on this machine, against its peer in the same run.

  --check   exit 1 where a goal is missed
  --save    write runs/reference/bench-NAME.json
  --json    print JSON instead of a table
`;

const folder = join(root, 'bench');

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

/** @returns {Promise<number>} the exit code */
async function main(args) {
  const flags = { check: { type: 'boolean' }, save: { type: 'boolean' }, json: { type: 'boolean' } };
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { ...flags, help: { type: 'boolean' } } });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const names = benchmarkNames(folder);
  if (values.help || positionals.length === 0) {
    process.stdout.write(`${usage}\nBenchmarks: ${names.join(', ') || 'none yet'}\n`);
    return 0;
  }
  const [name] = positionals;
  if (positionals.length > 1 || !names.includes(name)) {
    process.stderr.write(`There is no benchmark ${positionals.join(' ')}; there are: ${names.join(', ')}\n`);
    return 2;
  }
  await setUp({ forTests: true }); // some peers need the development packages
  const about = manifest(name);
  const rows = await measure(name);
  process.stdout.write(
    values.json ? `${JSON.stringify({ manifest: about, rows }, null, 2)}\n` : `${formatTable(rows)}\n`,
  );
  if (values.save) {
    const path = join(root, 'runs', 'reference', `bench-${name}.json`);
    writeAtomically(path, `${JSON.stringify({ manifest: about, rows }, null, 2)}\n`);
    process.stderr.write(`Written: ${path}\n`);
  }
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
