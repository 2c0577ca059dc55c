/**
 * The report of 1,000 episode records with a million decisions: how long `agent report` takes and how much memory it
 * has at its peak. The peer is the least that any reader does: read every line and parse its JSON, with nothing
 * checked.
 */
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FIRST_EVALUATION_SEED } from '../src/core/seeds.js';
import { writeSyntheticRun } from '../test/report/support/synthetic-run.js';
import { type Benchmark, type BenchmarkRow, row } from './benchmark.js';

const POLICIES = [
  { policy: 'random', skill: 0, isText: false },
  { policy: 'expert:models/expert', skill: 1, isText: false },
  { policy: 'pae-lamm:models/pae-lamm-mini', skill: 0.6, isText: true },
  { policy: 'pae-lamm:models/frozen-mini', skill: 0.3, isText: true },
];
const SEEDS = 250;
const DECISIONS = 1000;

const benchmark: Benchmark = async () => {
  const root = await mkdtemp(join(tmpdir(), 'bench-report-'));
  try {
    const logs = await writeRecords(join(root, 'runs'));
    return await measure(root, logs);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

export default benchmark;

async function measure(root: string, logs: readonly string[]): Promise<BenchmarkRow[]> {
  const decisions = logs.length * DECISIONS;
  const began = performance.now();
  const script = fileURLToPath(new URL('lib/peak-memory.mjs', import.meta.url));
  const out = join(root, 'report');
  const { stderr } = await execa(process.execPath, [script, 'report', join(root, 'runs'), '--out', out, '--quiet']);
  const seconds = (performance.now() - began) / 1000;
  const { maxRSS } = JSON.parse(stderr.split('\n').at(-1) as string) as { maxRSS: number };
  const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as {
    verified: number;
    decisions: number;
  };
  if (report.verified !== logs.length || report.decisions !== decisions) throw new Error('the report is not whole');
  const parsing = await secondsToParse(logs);
  const page = (await stat(join(out, 'report.html'))).size;
  const what = `report of ${logs.length} records, ${decisions} decisions`;
  return [
    row(`${what}: time`, seconds, null, 's', '<= 60'),
    row(`${what}: memory at its peak`, maxRSS / 1024, null, 'MiB', '<= 1024'),
    row(`${what}: page`, page / 1e6, null, 'MB', null),
    row(
      'decisions read and reported, against JSON.parse of every line',
      decisions / seconds,
      decisions / parsing,
      '1/s',
      null,
    ),
  ];
}

/** The step logs of 1,000 records below `root`: every policy on every seed. */
async function writeRecords(root: string): Promise<string[]> {
  const logs: string[] = [];
  for (const [index, run] of POLICIES.entries()) {
    for (let episode = 0; episode < SEEDS; episode++) {
      const folder = join(root, `${index}`, `${episode}`);
      // Each is written anew, which takes minutes: its seal is of its seed too, so a copy is no record.
      await writeSyntheticRun(folder, { ...run, seed: FIRST_EVALUATION_SEED + episode, decisions: DECISIONS });
      logs.push(join(folder, 'steps.jsonl'));
    }
  }
  return logs;
}

async function secondsToParse(logs: readonly string[]): Promise<number> {
  const began = performance.now();
  let lines = 0;
  for (const log of logs) {
    const file = await open(log);
    for await (const line of file.readLines()) lines += (JSON.parse(line) as { step: number }).step >= 0 ? 1 : 0;
  }
  if (lines !== logs.length * (DECISIONS + 1)) throw new Error(`parsed ${lines} lines`);
  return (performance.now() - began) / 1000;
}
