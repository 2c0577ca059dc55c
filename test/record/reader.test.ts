import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EpisodeRecord, openRecord, type RecordLine, readSteps, recordInMemory } from '../../src/record/index.js';
import { checkRecord } from '../../src/replay/index.js';
import { HASH, manifest, stepLine } from './support/lines.js';
import { editFile, recordRun, temporaryFolder } from './support/records.js';

async function readAll(where: string | EpisodeRecord, onTornLine?: (where: string) => void): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  const options = onTornLine ? { onTornLine } : {};
  const record = typeof where === 'string' ? await openRecord(where) : where;
  for await (const line of readSteps(record, options)) lines.push(line);
  return lines;
}

/** The record of a folder, as it would be before it lies there. */
async function inMemory(folder: string): Promise<EpisodeRecord> {
  const [manifest, steps] = ['manifest.json', 'steps.jsonl'].map((name) => readFile(join(folder, name)));
  return recordInMemory('the answer', (await manifest) as Buffer, (await steps) as Buffer);
}

const damaged = (where: string | RegExp) =>
  expect.objectContaining({
    code: 'record',
    details: expect.objectContaining({ where: expect.stringMatching(where), next: expect.any(String) }),
  });

/** A record of these lines, whatever they are. */
async function recordOf(lines: string, change: object = {}): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...change }));
  await writeFile(join(folder, 'steps.jsonl'), lines);
  return folder;
}

const RESET = `${JSON.stringify({ step: 0, observation: HASH, chain: HASH, emulatorMs: 1 })}\n`;
const step = (change: object) => `${JSON.stringify({ ...stepLine, ...change })}\n`;

describe('a torn last line', () => {
  it('of a run that was killed is left out and reported', async () => {
    const folder = await recordRun({ length: 20 });
    await editFile(folder, 'manifest.json', (text) => text.replace('"finished"', '"running"'));
    const { length } = await readFile(join(folder, 'steps.jsonl'));
    await truncate(join(folder, 'steps.jsonl'), length - 7);
    const torn: string[] = [];
    expect(await readAll(folder, (where) => torn.push(where))).toHaveLength(20);
    expect(torn).toEqual([`${join(folder, 'steps.jsonl')}:21`]);
    expect(await readAll(await inMemory(folder), (where) => torn.push(where))).toHaveLength(20);
    expect(torn[1]).toBe('the answer/steps.jsonl:21');
  });

  it('of a run that came to its end is damage', async () => {
    const folder = await recordRun();
    const { length } = await readFile(join(folder, 'steps.jsonl'));
    await truncate(join(folder, 'steps.jsonl'), length - 7);
    await expect(readAll(folder)).rejects.toEqual(damaged('steps.jsonl:21'));
  });
});

describe('a damaged record names file, line and field', () => {
  it.each([
    ['a line that is no JSON', `${RESET}{"step":1,\n`, 'steps.jsonl:2'],
    ['a line that is another value', `${RESET}null\n`, 'steps.jsonl:2'],
    ['a NaN', `${RESET}${step({}).replace('-0.1', 'NaN')}`, 'steps.jsonl:2'],
    ['a number beyond all numbers', `${RESET}${step({}).replace('-0.1', '1e999')}`, 'steps.jsonl:2, reward'],
    ['a field of the wrong type', `${RESET}${step({ executed: {} })}`, 'steps.jsonl:2, executed'],
    ['an unknown field', `${RESET}${step({ more: 1 })}`, 'steps.jsonl:2'],
    ['a gap', `${RESET}${step({ step: 2 })}`, 'steps.jsonl:2, step'],
    ['a second reset', `${RESET}${RESET}`, 'steps.jsonl:2, step'],
    ['a record without its reset', step({}), 'steps.jsonl:1, step'],
    ['a decision after the end', RESET + step({ terminated: true }) + step({ step: 2 }), 'steps.jsonl:3'],
    ['bytes that are no text', '\0\xff\xfe\n', 'steps.jsonl:1'],
    ['an empty line', `${RESET}\n`, 'steps.jsonl:2'],
    ['a line without end', `${RESET}${'a'.repeat(5 * 2 ** 20)}`, 'steps.jsonl:2'],
    ['a line that is too long', `${RESET}${'a'.repeat(5 * 2 ** 20)}\n`, 'steps.jsonl:2'],
  ])('%s', async (_what, lines, where) => {
    const folder = await recordOf(lines);
    await expect(readAll(folder)).rejects.toEqual(damaged(`${where}$`));
    await expect(inMemory(folder).then((record) => readAll(record))).rejects.toEqual(damaged(`^the answer/${where}$`));
  });

  it.each([
    ['a manifest that is no JSON', '{', 'manifest.json$'],
    ['a manifest of another shape', '[]', 'manifest.json$'],
    ['a format that is no number', JSON.stringify({ ...manifest, format: '1' }), 'manifest.json$'],
    ['a format nested without end', `{"format":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'manifest.json$'],
    ['a missing field', JSON.stringify({ ...manifest, seed: undefined }), 'manifest.json, seed$'],
    ['a field deep inside', JSON.stringify({ ...manifest, env: { ...manifest.env, frameSkip: 0 } }), 'env.frameSkip$'],
    [
      'nesting without end',
      JSON.stringify(manifest).replace('"title":"Fake"', `"x":${'['.repeat(50_000)}${']'.repeat(50_000)}`),
      'manifest.json',
    ],
  ])('%s', async (_what, text, where) => {
    const folder = await recordOf('');
    await writeFile(join(folder, 'manifest.json'), text);
    await expect(openRecord(folder)).rejects.toEqual(damaged(where));
    await expect(inMemory(folder)).rejects.toEqual(damaged(`^the answer/.*${where}`));
  });

  it('a newer format, by name', async () => {
    const folder = await recordOf('', { format: 4 });
    await expect(openRecord(folder)).rejects.toMatchObject({
      code: 'record',
      details: { expected: 'format 1 to 3', got: 'format 4', next: expect.stringContaining('update') },
    });
  });
});

describe('a record from elsewhere', () => {
  it.each(['manifest.json', 'steps.jsonl'])('without %s is no record', async (name) => {
    const folder = await recordRun();
    await rm(join(folder, name));
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'record', details: { where: join(folder, name) } });
  });

  it('that is no folder is no record', async () => {
    const folder = await recordRun();
    await expect(openRecord(join(folder, 'steps.jsonl'))).rejects.toMatchObject({ code: 'record' });
    await expect(openRecord(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'record' });
  });

  it.each(['manifest.json', 'steps.jsonl'])('cannot have a file elsewhere read by a link as %s', async (name) => {
    const folder = await recordRun();
    const elsewhere = join(await recordRun(), name);
    await rm(join(folder, name));
    await symlink(elsewhere, join(folder, name));
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'record', details: { got: 'a symbolic link' } });
  });

  it('cannot stop the reader with a pipe or a folder', async () => {
    const folder = await recordRun();
    const path = join(folder, 'steps.jsonl');
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'record', details: { got: 'something else' } });
    await rm(path);
    await mkdir(path);
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'record' });
  });

  it('keeps HTML and paths in its texts as the data that they are', async () => {
    const raw = '<script>alert(1)</script>../../etc/passwd\u2028';
    const folder = await recordOf(RESET + step({ raw }), { game: { name: '../../x', config: {} } });
    expect((await readAll(folder))[1]).toMatchObject({ raw });
    expect((await openRecord(folder)).manifest.game.name).toBe('../../x');
  });

  it('cannot reach the prototypes of objects', async () => {
    const text = JSON.stringify(manifest).replace('"title":"Fake"', '"__proto__":{"polluted":true}');
    const folder = await recordOf('');
    await writeFile(join(folder, 'manifest.json'), text);
    await openRecord(folder);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('checking a record against itself', () => {
  it('finds an untouched record true', async () => {
    const folder = await recordRun();
    const verified = await checkRecord(await openRecord(folder));
    expect(verified).toMatchObject({ isVerified: true, difference: null, status: 'finished', decisions: 20 });
    expect(await checkRecord(await inMemory(folder))).toEqual(verified);
  });

  it.each([
    ['a reward', /("step":9,.*?"reward":)[^,]+/, '$19', 9],
    ['an executed action', /("step":4,.*?"executed":)\d/, '$12', 4],
    ['a flag', /("step":11,.*?"truncated":)false/, '$1true', 11],
    ['digits of an observation', /("step":0,"observation":")..../, '$10000', 0],
  ])('finds %s that was changed', async (_what, found, replacement, at) => {
    const folder = await recordRun();
    await editFile(folder, 'steps.jsonl', (text) => text.replace(found, replacement));
    expect(await checkRecord(await openRecord(folder))).toMatchObject({
      isVerified: false,
      difference: { step: at, field: 'chain', isRecordAltered: true },
    });
  });

  it.each([
    ['score', (text: string) => text.replace(/"score": [-\d.]+/, '"score": 1000')],
    ['decisions', (text: string) => text.replace('"decisions": 20', '"decisions": 19')],
    ['chain', (text: string) => text.replace(/"chain": ".{4}/, '"chain": "0000')],
  ])('finds a %s in the manifest that is not that of the steps', async (field, change) => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', change);
    expect(await checkRecord(await openRecord(folder))).toMatchObject({
      isVerified: false,
      difference: { step: null, field: `result.${field}`, isRecordAltered: true },
    });
  });

  it('finds steps that were cut off the end', async () => {
    const folder = await recordRun();
    await editFile(folder, 'steps.jsonl', (text) => `${text.split('\n').slice(0, 15).join('\n')}\n`);
    const { difference } = await checkRecord(await openRecord(folder));
    expect(difference).toMatchObject({ step: null, field: 'result.decisions', expected: '20', got: '14' });
  });

  it('says that there is nothing to check where there is no step', async () => {
    const folder = await recordOf('', { status: 'running', result: null });
    await expect(openRecord(folder).then(checkRecord)).rejects.toMatchObject({ code: 'record' });
  });
});
