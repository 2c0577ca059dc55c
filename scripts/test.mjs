#!/usr/bin/env node
/**
 * `npm test`: sets up, then the checks (types, lint, layers, Python lint), the Python tests and the TypeScript tests.
 * A part that fails does not keep the next from running. Counts of all go to .runtime/test-results/total.txt.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paths, root } from './lib/paths.mjs';
import { setUp } from './lib/set-up.mjs';
import { SetupError } from './lib/setup-error.mjs';
import { writeAtomically } from './lib/stamps.mjs';
import { addCounts, countPytest, countsOf, countVitest, noTests, totalLine } from './lib/test-counts.mjs';

const results = join(paths.runtime, 'test-results');
const inResults = (name) => join(results, name);
const bin = (name) => join(paths.packages, '.bin', name);
const python = paths.pythonExecutable;

/** A check has no tests to count: it adds nothing when it passes, and one failure when it fails. */
const checkCounts = (code) => ({ ...noTests(), failed: code === 0 ? 0 : 1 });
const read = (name) => readFileSync(inResults(name), 'utf8');

const parts = [
  { group: 'check', title: 'types', command: bin('tsc'), args: ['-p', 'tsconfig.json', '--noEmit'] },
  { group: 'check', title: 'lint and format', command: bin('biome'), args: ['check', '.'] },
  { group: 'check', title: 'layers', command: bin('depcruise'), args: ['--config', '.dependency-cruiser.cjs', 'src'] },
  { group: 'check', title: 'Python lint', command: python, args: ['-m', 'ruff', 'check', '.'], python: true },
  {
    group: 'check',
    title: 'Python format',
    command: python,
    args: ['-m', 'ruff', 'format', '--check', '.'],
    python: true,
  },
  {
    group: 'pytest',
    title: 'Python tests',
    command: python,
    args: ['-m', 'pytest', `--junitxml=${inResults('pytest.xml')}`],
    python: true,
    count: (code) => countsOf(code, () => countPytest(read('pytest.xml'))),
  },
  {
    group: 'vitest',
    title: 'TypeScript tests',
    command: bin('vitest'),
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${inResults('vitest.json')}`],
    count: (code) => countsOf(code, () => countVitest(read('vitest.json'))),
  },
];

const usage = `Usage: npm test [-- --only check|pytest|vitest]\n`;

function runPart({ command, args, python: inPython }) {
  const cwd = inPython ? paths.pythonPackage : root;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** @returns {Promise<number>} the exit code */
async function main(args) {
  let only;
  try {
    only = parseArgs({ args, options: { only: { type: 'string' } } }).values.only;
  } catch {
    process.stderr.write(usage);
    return 2;
  }
  const chosen = parts.filter(({ group }) => !only || group === only);
  if (chosen.length === 0) {
    process.stderr.write(usage);
    return 2;
  }
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const began = Date.now();
  await setUp({ forTests: true });
  const outcomes = [];
  for (const part of chosen) {
    process.stdout.write(`\n── ${part.title}\n`);
    const code = await runPart(part);
    outcomes.push({ title: part.title, counts: part.count ? part.count(code) : checkCounts(code) });
  }
  return summarise(outcomes, began);
}

function summarise(outcomes, began) {
  process.stdout.write('\n── Summary\n');
  for (const { title, counts } of outcomes) {
    const tested = counts.passed + counts.skipped > 0 ? `: ${totalLine(counts)}` : '';
    process.stdout.write(`${counts.failed === 0 ? 'good  ' : 'FAILED'}  ${title}${tested}\n`);
  }
  const total = addCounts(outcomes.map(({ counts }) => counts));
  writeAtomically(inResults('total.txt'), `${totalLine(total)}\n`);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  const failed = outcomes.filter(({ counts }) => counts.failed > 0).map(({ title }) => title);
  const verdict = failed.length === 0 ? 'all good' : `failed: ${failed.join(', ')}`;
  const tests = total.passed + total.failed + total.skipped;
  process.stdout.write(`Total: ${tests} results in ${seconds} s, ${verdict}\n`);
  return failed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.describe() : error.stack}\n`);
  process.exitCode = 1;
}
