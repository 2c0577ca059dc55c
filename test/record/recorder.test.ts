import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EpisodeRecorder, manifestSchema, openRecord, readSteps, type StepLine } from '../../src/record/index.js';
import { play } from '../replay/support/fake-game.js';
import { recorderOptions, recordRun, temporaryFolder } from './support/records.js';

const linesOf = async (folder: string): Promise<string[]> =>
  (await readFile(join(folder, 'steps.jsonl'), 'utf8')).trimEnd().split('\n');

describe('a recorded episode', () => {
  it('has a manifest and a line for the reset and each decision, and no other file', async () => {
    const folder = await recordRun({ length: 20 });
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'steps.jsonl']);
    const { manifest } = await openRecord(folder);
    expect(manifest).toMatchObject({
      status: 'finished',
      seed: 7,
      policy: { id: 'constant:left', provenance: { device: 'cpu' } },
      game: { name: 'fake', config: { title: 'Fake', video: { scale: 4 } } },
      versions: { gymnasium: '1.4.0' },
      error: null,
      result: { decisions: 20, terminated: true, truncated: false, recoveries: 0 },
    });
    expect(await linesOf(folder)).toHaveLength(21);
  });

  it('whose manifest nobody could read again is refused before anything is played', async () => {
    const folder = await temporaryFolder();
    const options = recorderOptions({ exactly: join(folder, 'run') });
    const recorder = new EpisodeRecorder({ ...options, arguments: { given: ['x'.repeat(2 ** 24)], resolved: {} } });
    const { status, steps, error } = await play([recorder]);
    expect({ status, steps }).toEqual({ status: 'failed', steps: 0 });
    expect(error).toMatchObject({
      code: 'record',
      details: { expected: 'a manifest of at most 16,777,216 bytes' },
    });
    expect(await readdir(join(folder, 'run'))).toEqual([]);
  });

  it('sums score and latencies up', async () => {
    const folder = await recordRun({ length: 20 });
    const record = await openRecord(folder);
    const rewards: number[] = [];
    for await (const line of readSteps(record)) if ('reward' in line) rewards.push(line.reward);
    expect(record.manifest.result?.score).toBe(rewards.reduce((sum, reward) => sum + reward, 0));
    // The fake loop says that decision n took n milliseconds of the policy and half of that of the emulator.
    expect(record.manifest.result?.timing).toEqual({ policy: { p50: 10, p99: 20 }, emulator: { p50: 5, p99: 10 } });
  });

  it('keeps raw answer, parsed action and executed action apart, word by word', async () => {
    const [, first] = await linesOf(await recordRun());
    expect(JSON.parse(first as string)).toMatchObject({
      step: 1,
      raw: 'I choose left \u{1F3C1}',
      parse: { ok: true, action: 1, form: 'marker' },
      answered: 1,
      executed: 1,
      attempts: 2,
      fallback: null,
      rejected: [{ reason: 'no-match', raw: 'hm\n"quoted"', found: [] }],
      scores: [-1.5, '-Infinity', -0.25],
      usage: { promptTokens: 12 },
    });
  });

  it('has the chain that docs/records.md describes', async () => {
    const folder = await recordRun();
    const link = (previous: string, text: string) =>
      createHash('sha256').update(`${previous}\n${text}`).digest('hex').slice(0, 32);
    const [reset, ...steps] = (await linesOf(folder)).map((line) => JSON.parse(line));
    let chain = link('', `["${reset.observation}"]`);
    expect(reset.chain).toBe(chain);
    for (const { executed, reward, terminated, truncated, observation, chain: recorded } of steps as StepLine[]) {
      chain = link(chain, `[${executed},${JSON.stringify(reward)},${terminated},${truncated},"${observation}"]`);
      expect(recorded).toBe(chain);
    }
    expect((await openRecord(folder)).manifest.result?.chain).toBe(chain);
  });

  it('is the same in every line for the same seed, and another for another seed', async () => {
    const [first, again, other] = await Promise.all([recordRun(), recordRun(), recordRun({ seed: 8 })]);
    // The seal stands for the time of the start too.
    const unsealed = async (folder: string) => (await linesOf(folder)).map((line) => line.replace(/,"seal".*/, ''));
    expect(await unsealed(again as string)).toEqual(await unsealed(first as string));
    expect(await unsealed(other as string)).not.toEqual(await unsealed(first as string));
  });

  it('says stopped where a limit ended it', async () => {
    const { manifest } = await openRecord(await recordRun({ limit: 5 }));
    expect(manifest).toMatchObject({ status: 'stopped', result: { decisions: 5, terminated: false } });
  });

  it('counts only the recoveries of its own time', async () => {
    let recoveries = 3;
    const options = recorderOptions({ runs: await temporaryFolder() });
    const recorder = new EpisodeRecorder({ ...options, recoveries: () => recoveries });
    await play([recorder, { onStep: ({ step }) => void (step === 4 && recoveries++) }]);
    expect((await openRecord(recorder.folder as string)).manifest.result?.recoveries).toBe(1);
  });

  it('says running, with every step so far, while the episode runs', async () => {
    const recorder = new EpisodeRecorder(recorderOptions({ runs: await temporaryFolder() }));
    let seen: { status: string; lines: number } | undefined;
    const look = async ({ step }: { step: number }) => {
      if (step !== 6) return;
      const folder = recorder.folder as string;
      const text = await readFile(join(folder, 'manifest.json'), 'utf8');
      seen = { status: manifestSchema.parse(JSON.parse(text)).status, lines: (await linesOf(folder)).length };
    };
    await play([recorder, { onStep: look }]);
    expect(seen).toEqual({ status: 'running', lines: 7 });
  });

  it('fails the episode where the emulator gives a reward that is no number', async () => {
    const recorder = new EpisodeRecorder(recorderOptions({ runs: await temporaryFolder() }));
    const end = await play([recorder], {
      edit: (record) => (record.step === 3 ? { ...record, reward: Number.NaN } : record),
    });
    expect(end).toMatchObject({ status: 'failed', error: { code: 'env_failure' } });
    const { manifest } = await openRecord(recorder.folder as string);
    expect(manifest).toMatchObject({ status: 'failed', error: { code: 'env_failure' }, result: { decisions: 2 } });
  });
});
