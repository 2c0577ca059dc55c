/**
 * Records and evaluations of the real emulator that were changed anyhow: bytes, lines, keys, values, sizes. Whoever
 * reads them says what is wrong or tells the truth; no changed record is called verified, and nothing of it is lost.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAgentError } from '../../src/core/index.js';
import { EvaluationFolder, takeStock } from '../../src/evaluation/index.js';
import { openRecord } from '../../src/record/index.js';
import { checkRecord, requireConsistent } from '../../src/replay/index.js';
import { writeReport } from '../../src/report/index.js';
import { decisionsOf } from '../../src/video/index.js';
import { agent } from './agent-command.js';

let root: string;
const run = () => join(root, 'run');
const evaluation = () => join(root, 'evaluation');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'damaged-'));
  const game = ['--game', 'carracing', '--quiet', '--out'];
  const played = await agent(['play', ...game, run(), '--policy', 'random', '--max-decisions', '12']);
  const rows = ['--policy', 'random', '--policy', 'constant:gas', '--seeds', '100000..100001'];
  const scored = await agent(['eval', ...game, evaluation(), ...rows, '--max-decisions', '4', '--processes', '1']);
  expect([played.exitCode, scored.exitCode]).toEqual([0, 0]);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** A change of a text, drawn before the text is known: `at` and `to` are places in it, from 0 to 1. */
interface Change {
  readonly kind: 'byte' | 'drop' | 'double' | 'swap' | 'cut' | 'key' | 'value' | 'exchange';
  readonly at: number;
  readonly to: number;
  readonly byte: number;
  readonly word: string;
}

const KEYS = ['__proto__', 'constructor', 'seal', 'step', 'x'];
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const VALUES = [
  ...[
    '0',
    '-1',
    '-0',
    '1e308',
    '1e999',
    'NaN',
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '"running"',
    '"failed"',
    '"cancelled"',
  ],
  ...[
    '9007199254740993',
    '999999999',
    '"../../../etc/passwd"',
    '{"__proto__":1}',
    '"0..99999999"',
    `"${'a'.repeat(9999)}"`,
  ],
  ...['"2026-02-30T00:00:00Z"', deep],
];
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const change = (kinds: readonly Change['kind'][]): fc.Arbitrary<Change> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    at: place,
    to: place,
    byte: fc.nat(255),
    word: fc.oneof(fc.constantFrom(...VALUES), fc.json({ maxDepth: 2 })),
  });
const anyChange = change(['byte', 'drop', 'double', 'swap', 'cut', 'key', 'value', 'value', 'exchange']);

const VALUE = /("\w+": ?)("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/g;

function changed(before: Buffer, { kind, at, to, byte, word }: Change): Buffer {
  if (kind === 'byte') {
    const bytes = Buffer.from(before);
    bytes[Math.floor(at * bytes.length)] = byte;
    return bytes;
  }
  const text = before.toString();
  const lines = text.split('\n');
  const [i, j] = [Math.floor(at * lines.length), Math.floor(to * lines.length)];
  const [line, other] = [lines[i] as string, lines[j] as string];
  if (kind === 'drop') lines.splice(i, 1);
  if (kind === 'double') lines.splice(j, 0, line);
  if (kind === 'swap') [lines[i], lines[j]] = [other, line];
  if (kind === 'drop' || kind === 'double' || kind === 'swap') return Buffer.from(lines.join('\n'));
  if (kind === 'cut') return before.subarray(0, Math.floor(at * before.length));
  const values = [...text.matchAll(VALUE)];
  const one = values[Math.floor(at * values.length)] as RegExpExecArray;
  const another = values[Math.floor(to * values.length)] as RegExpExecArray;
  const key = kind === 'key' ? `"${KEYS[byte % KEYS.length]}":` : one[1];
  const value = kind === 'key' ? one[2] : kind === 'value' ? word : another[2];
  return Buffer.from(text.slice(0, one.index) + key + value + text.slice(one.index + one[0].length));
}

/** Whether the file still says the same: blanks between JSON's words are nobody's business. */
function saysTheSame(name: string, before: Buffer, after: Buffer): boolean {
  if (before.equals(after)) return true;
  if (name.endsWith('.jsonl')) return false;
  try {
    return JSON.stringify(JSON.parse(before.toString())) === JSON.stringify(JSON.parse(after.toString()));
  } catch {
    return false;
  }
}

/** What came of a call: its value, or an error that is named. Anything else is a fault. */
async function named<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!isAgentError(error) || error.code === 'internal') throw error;
    expect(['record', 'state_mismatch']).toContain(error.code);
    expect(error.details.where).toBeDefined();
    return undefined;
  }
}

/** A copy of a folder in which one file, picked by `pick`, was changed. */
async function damage(folder: string, pick: number, how: Change) {
  const copy = await mkdtemp(join(root, 'copy-'));
  await cp(folder, copy, { recursive: true });
  const names = (await readdir(copy, { recursive: true })).filter((name) => /\.jsonl?$/.test(name)).sort();
  const name = names[Math.floor(pick * names.length)] as string;
  const before = await readFile(join(copy, name));
  const after = changed(before, how);
  await writeFile(join(copy, name), after);
  return { copy, name, after, isSame: saysTheSame(name, before, after) };
}

describe('a changed record', { timeout: 120_000 }, () => {
  it('is never verified, in no number of a report, and not compared', async () => {
    await fc.assert(
      fc.asyncProperty(place, anyChange, async (pick, how) => {
        const { copy, isSame } = await damage(run(), pick, how);
        const record = await named(openRecord(copy));
        const verified = record && (await named(checkRecord(record)))?.isVerified;
        expect(verified ?? false).toBe(isSame);
        if (record) await named(requireConsistent(record).then(() => expect(isSame).toBe(true)));
        if (record) await named(decisionsOf(record));
        const written = await named(writeReport([copy], join(copy, 'report')));
        expect(written?.report.verified).toBe(isSame ? 1 : 0);
        if (!isSame) expect(written?.report.problems).not.toEqual([]);
        await rm(copy, { recursive: true });
      }),
      { numRuns: 200 },
    );
  });
});

/** Where evaluation.json stands among the ten files of the evaluation: behind those of four episodes. */
const PLAN = 0.85;

describe('a changed evaluation', { timeout: 120_000 }, () => {
  it('keeps what is whole, plays the rest again, and loses nothing', async () => {
    const whole = await EvaluationFolder.open(evaluation());
    const scores = new Map<string, number | null>();
    for (const entry of whole?.file.entries ?? []) {
      for (const { seed, score } of (await whole?.outcomes(entry)) ?? []) scores.set(`${entry.policy} ${seed}`, score);
    }
    expect(scores.size).toBe(4);
    await fc.assert(
      fc.asyncProperty(place, fc.boolean(), anyChange, async (pick, isPlan, how) => {
        const { copy, name, after, isSame } = await damage(evaluation(), isPlan ? PLAN : pick, how);
        await named(writeReport([copy], join(copy, 'report')));
        const folder = await named(EvaluationFolder.open(copy));
        for (const entry of folder?.file.entries ?? []) {
          const pending = await takeStock(folder as EvaluationFolder, entry);
          for (const { seed, score } of (await folder?.outcomes(entry)) ?? []) {
            if (!pending.includes(seed)) expect(score).toBe(scores.get(`${entry.policy} ${seed}`));
          }
        }
        if (dirname(name).startsWith('episodes') && !isSame) {
          const kept = await readdir(copy, { recursive: true });
          const files = kept.filter((path) => path.endsWith(name.slice(name.lastIndexOf('/'))));
          const texts = await Promise.all(files.map((path) => readFile(join(copy, path))));
          expect(texts.some((text) => text.equals(after))).toBe(true);
        }
        await rm(copy, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a record that was changed where no picture is drawn', { timeout: 120_000 }, () => {
  it.each([
    ['compare', (run: string, out: string) => ['compare', run, join(root, 'run'), '--no-video', '--out', out]],
    ['a strip', (run: string, out: string) => ['replay', run, '--strip', `${out}.png`, '--count', '1']],
  ])('is not shown by %s, and nothing is made', async (_what, args) => {
    const copy = await mkdtemp(join(root, 'copy-'));
    await cp(run(), copy, { recursive: true });
    const manifest = await readFile(join(copy, 'manifest.json'), 'utf8');
    await writeFile(join(copy, 'manifest.json'), manifest.replace('"recoveries": 0', '"recoveries": 1'));
    const { exitCode, stderr } = await agent(args(copy, join(copy, 'made')));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the record contradicts itself');
    expect((await readdir(copy)).sort()).toEqual(['manifest.json', 'steps.jsonl']);
  });
});
