import { describe, expect, it } from 'vitest';
import { openRecord } from '../../src/record/index.js';
import { replaySteps, verifyEpisode } from '../../src/replay/index.js';
import { forge } from '../record/support/forge.js';
import { editFile, recordRun } from '../record/support/records.js';
import { type FakeOptions, fakeFactory } from './support/fake-game.js';

async function verify(folder: string, options: FakeOptions = {}) {
  const factory = fakeFactory(options);
  const result = await verifyEpisode(await openRecord(folder), factory);
  expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  return result;
}

describe('verifying an episode in the emulator', () => {
  it('finds every observation, reward, flag, the score and the chain equal', async () => {
    const folder = await recordRun();
    const { manifest } = await openRecord(folder);
    expect(await verify(folder)).toEqual({
      isVerified: true,
      difference: null,
      status: 'finished',
      decisions: 20,
      score: manifest.result?.score,
      chain: manifest.result?.chain,
      versions: [],
      seal: manifest.seal,
      unproven: [expect.stringContaining('whoever made the record could write anything there')],
      tornLine: null,
    });
  });

  it('names the first decision at which the emulator does something else', async () => {
    const { isVerified, difference } = await verify(await recordRun(), { driftAt: 12 });
    expect(isVerified).toBe(false);
    expect(difference).toEqual({
      step: 12,
      field: 'observation',
      expected: expect.stringMatching(/^[0-9a-f]{32}$/),
      got: expect.stringMatching(/^[0-9a-f]{32}$/),
      isRecordAltered: false,
    });
    expect(difference?.got).not.toBe(difference?.expected);
  });

  it('names the versions that differ, as the likely reason', async () => {
    const versions = { python: '3.11.2', gymnasium: '1.5.0', 'ale-py': '0.12.1' };
    expect(await verify(await recordRun(), { driftAt: 3, versions })).toMatchObject({
      versions: [
        { name: 'gymnasium', recorded: '1.4.0', now: '1.5.0' },
        { name: 'ale-py', recorded: 'unknown', now: '0.12.1' },
      ],
    });
  });

  it('finds an episode that ends earlier or later than the recorded one', async () => {
    expect((await verify(await recordRun(), { length: 15 })).difference).toEqual({
      step: 15,
      field: 'terminated',
      expected: 'false',
      got: 'true',
      isRecordAltered: false,
    });
    expect((await verify(await recordRun(), { length: 30 })).difference).toMatchObject({
      step: 20,
      field: 'terminated',
      expected: 'true',
      got: 'false',
    });
  });

  it.each([
    ['reward', { reward: 100 }, '100'],
    ['truncated', { truncated: false, terminated: false }, undefined],
    ['observation', { observation: 'f'.repeat(32) }, 'f'.repeat(32)],
    ['executed', { executed: 7 }, '7'],
  ])('finds a %s that was changed with all chains after it', async (field, change, expected) => {
    const folder = await recordRun({ limit: 10 });
    const last = field === 'truncated' ? { truncated: true } : change;
    await forge(folder, { line: ({ step }) => (step === 10 ? last : {}) });
    const { difference } = await verify(folder);
    // An action that was executed also follows from the answer beside it; the others only the emulator can tell.
    expect(difference).toMatchObject({ step: 10, field, isRecordAltered: field === 'executed' });
    if (expected !== undefined) expect(difference?.expected).toBe(expected);
  });

  it('tells a line that was changed without its chain from an emulator that changed', async () => {
    const folder = await recordRun();
    await editFile(folder, 'steps.jsonl', (text) => text.replace(/("step":5,.*?"reward":)[^,]+/, '$142'));
    expect((await verify(folder)).difference).toMatchObject({
      step: 5,
      field: 'reward',
      expected: '42',
      isRecordAltered: true,
    });
  });

  it('finds a score in the manifest that the steps do not come to', async () => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', (text) => text.replace(/"score": [-\d.]+/, '"score": 1000'));
    expect((await verify(folder)).difference).toMatchObject({ step: null, field: 'result.score', expected: '1000' });
  });

  it('shows no step of a record that was changed behind the last step shown, or in its manifest', async () => {
    const folder = await recordRun();
    await editFile(folder, 'manifest.json', (text) => text.replace(/"recoveries": 0/, '"recoveries": 1'));
    const record = await openRecord(folder);
    const env = await fakeFactory()(record.manifest, { render: false });
    const first = replaySteps(record, env, {})[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: 'state_mismatch' });
  });

  it('verifies a killed run as far as it got', async () => {
    const folder = await recordRun();
    await forge(folder, { manifest: { status: 'running', result: null, finished: null } });
    await editFile(folder, 'steps.jsonl', (text) => text.slice(0, -30));
    expect(await verify(folder)).toMatchObject({
      isVerified: true,
      status: 'running',
      decisions: 19,
      tornLine: expect.stringMatching(/steps\.jsonl:21$/),
    });
  });

  it('closes the emulator and says so when it is cancelled', async () => {
    const factory = fakeFactory();
    const controller = new AbortController();
    const onStep = (step: number) => step === 4 && controller.abort(new Error('enough'));
    const verification = verifyEpisode(await openRecord(await recordRun()), factory, {
      signal: controller.signal,
      onStep,
    });
    await expect(verification).rejects.toMatchObject({ code: 'cancelled' });
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });
});
