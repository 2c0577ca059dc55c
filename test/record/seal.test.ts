/**
 * What of a record can be changed without being noticed: nothing without sealing it anew, and then only what nothing
 * else tells.
 */

import { describe, expect, it } from 'vitest';
import { openRecord } from '../../src/record/index.js';
import { checkRecord } from '../../src/replay/index.js';
import { forge } from './support/forge.js';
import { editFile, recordRun } from './support/records.js';

async function check(folder: string) {
  return checkRecord(await openRecord(folder));
}

const parse = { ok: true, action: 2, form: 'marker' };
const rejected = [{ reason: 'empty', raw: '', found: [] }];

/** Fields of line 9, with what somebody may write there instead. Its action is `stay`, 0. */
const LINE_FIELDS: [field: string, value: unknown][] = [
  ['raw', 'I choose right'],
  ['parse', parse],
  ['answered', 2],
  ['executed', 1],
  ['fallback', 'no-match'],
  ['attempts', 1],
  ['rejected', rejected],
  ['scores', [1e308, 0, 0]],
  ['usage', { promptTokens: 1 }],
  ['reward', 1e308],
  ['truncated', true],
  ['observation', 'f'.repeat(32)],
  ['chain', 'f'.repeat(32)],
  ['policyMs', 1],
  ['emulatorMs', 1],
];

const MANIFEST_FIELDS: [field: string, edit: (json: Record<string, object>) => object][] = [
  ['policy.id', (json) => ({ policy: { ...json.policy, id: 'expert' } })],
  ['policy.provenance', (json) => ({ policy: { ...json.policy, provenance: { device: 'gpu' } } })],
  ['env.id', (json) => ({ env: { ...json.env, id: 'Other-v0' } })],
  ['game.name', (json) => ({ game: { ...json.game, name: 'other' } })],
  ['seed', () => ({ seed: 8 })],
  ['status', () => ({ status: 'stopped' })],
  ['started', () => ({ started: '2020-01-01T00:00:00.000Z' })],
  ['finished', () => ({ finished: '2030-01-01T00:00:00.000Z' })],
  ['error', () => ({ error: { code: 'x', message: 'y' } })],
  ['versions', () => ({ versions: { agent: '9.9.9' } })],
  ['git', () => ({ git: null })],
  ['arguments', () => ({ arguments: { given: [], resolved: {} } })],
  ['seal', () => ({ seal: 'f'.repeat(32) })],
];

const RESULT_FIELDS: [field: string, value: unknown][] = [
  ['score', 1e308],
  ['decisions', 21],
  ['terminated', false],
  ['truncated', true],
  ['counters', { decisions: 20, parsed: 20, retries: 0 }],
  ['chain', 'f'.repeat(32)],
  ['recoveries', 1],
  ['timing', { policy: { p50: 1, p99: 1 }, emulator: { p50: 1, p99: 1 } }],
];

describe('a field that was changed', () => {
  it.each(LINE_FIELDS)('%s of a line', async (field, value) => {
    const folder = await recordRun();
    await editFile(folder, 'steps.jsonl', (text) =>
      text
        .split('\n')
        .map((line, index) => (index === 9 ? JSON.stringify({ ...JSON.parse(line), [field]: value }) : line))
        .join('\n'),
    );
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { step: 9, isRecordAltered: true } });
  });

  it.each(MANIFEST_FIELDS)('%s of the manifest', async (_field, edit) => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', (text) =>
      JSON.stringify({ ...JSON.parse(text), ...edit(JSON.parse(text)) }),
    );
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { isRecordAltered: true } });
  });

  it.each(RESULT_FIELDS)('%s of the result', async (field, value) => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', (text) => {
      const json = JSON.parse(text);
      return JSON.stringify({ ...json, result: { ...json.result, [field]: value } });
    });
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { step: null, isRecordAltered: true } });
  });
});

describe('a record that was sealed anew', () => {
  it.each([
    ['answered', { answered: 2 }, 'answered'],
    ['executed and all after it', { executed: 1 }, 'executed'],
    ['fallback', { fallback: 'no-match' }, 'answered'],
    ['attempts', { attempts: 1 }, 'attempts'],
    ['an action that the game does not have', { answered: 7, executed: 7, parse: { ...parse, action: 7 } }, 'executed'],
  ])('contradicts itself still: %s', async (_what, change, field) => {
    const folder = await recordRun();
    await forge(folder, { line: ({ step }) => (step === 9 ? change : {}) });
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { step: 9, field } });
  });

  it.each([
    ['score', (result: object) => ({ ...result, score: 1e308 }), 'result.score'],
    ['a counter', (result: object) => ({ ...result, counters: { parsed: 19 } }), 'result.counters.parsed'],
    ['latencies', (result: object) => ({ ...result, timing: null }), 'result.timing'],
    ['no result', () => null, 'result'],
  ])('contradicts its lines still: %s', async (_what, edit, field) => {
    const folder = await recordRun();
    const { manifest } = await openRecord(folder);
    await forge(folder, { manifest: { result: edit(manifest.result as object) } });
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { step: null, field } });
  });

  it.each([
    [{ status: 'stopped' }, 'status'],
    [{ status: 'failed' }, 'error'],
    [{ finished: null }, 'finished'],
    [{ arguments: { given: [], resolved: { policy: 'expert' } } }, 'policy.id'],
  ])('contradicts its own manifest still: %j', async (manifest, field) => {
    const folder = await recordRun();
    await forge(folder, { manifest });
    expect(await check(folder)).toMatchObject({ isVerified: false, difference: { step: null, field } });
  });

  it("says where today's parser reads an answer otherwise, which another version may have read so", async () => {
    const folder = await recordRun();
    await forge(folder, { line: ({ step }) => (step === 9 ? { raw: 'I choose right' } : {}) });
    const { isVerified, unproven } = await check(folder);
    expect(isVerified).toBe(true);
    expect(unproven).toContainEqual(expect.stringMatching(/today's parser reads 1 answers otherwise.*step 9/));
  });

  it('is verified where it contradicts nothing, and says what that rests on', async () => {
    const folder = await recordRun();
    const { seal } = await check(folder);
    await forge(folder, { manifest: { started: '2020-01-01T00:00:00.000Z' } });
    const forged = await check(folder);
    expect(forged.isVerified).toBe(true);
    expect(forged.seal).not.toBe(seal);
    expect(forged.unproven).toContainEqual(expect.stringContaining('whoever made the record'));
  });
});

describe('a record of format 1', () => {
  async function downgrade(folder: string): Promise<void> {
    const plain = ({ seal: _, ...rest }: Record<string, unknown>): object => rest;
    await editFile(folder, 'manifest.json', (text) => JSON.stringify({ ...plain(JSON.parse(text)), format: 1 }));
    await editFile(folder, 'steps.jsonl', (text) =>
      text.replace(/^.+$/gm, (line) => JSON.stringify(plain(JSON.parse(line)))),
    );
  }

  it('is read and verified as before, and says that it has no seal', async () => {
    const folder = await recordRun();
    await downgrade(folder);
    expect(await check(folder)).toMatchObject({
      isVerified: true,
      seal: null,
      unproven: [expect.anything(), expect.stringContaining('format 1 has no seal')],
    });
  });

  it('has no seal, and every later format has one', async () => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', (text) => text.replace('"format": 3', '"format": 1'));
    await expect(openRecord(folder)).rejects.toMatchObject({ code: 'record' });
  });
});

it('the seal is the one that docs/records.md describes', async () => {
  const folder = await recordRun({ limit: 2 });
  const { createHash } = await import('node:crypto');
  const { readFile } = await import('node:fs/promises');
  const link = (previous: string, text: string) =>
    createHash('sha256').update(`${previous}\n${text}`).digest('hex').slice(0, 32);
  const { seal, ...manifest } = JSON.parse(await readFile(`${folder}/manifest.json`, 'utf8'));
  const start = { ...manifest, status: 'running', finished: null, error: null, result: null };
  let last = link('', JSON.stringify(start));
  for (const line of (await readFile(`${folder}/steps.jsonl`, 'utf8')).trimEnd().split('\n')) {
    last = link(last, line.replace(/,"seal":"[0-9a-f]{32}"\}$/, '}'));
    expect(JSON.parse(line).seal).toBe(last);
  }
  expect(seal).toBe(link(last, JSON.stringify(manifest)));
});
