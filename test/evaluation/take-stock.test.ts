/** An evaluation that is taken up again: every episode is held against its own lines before it counts. */

import { appendFile, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EvaluationFile,
  EvaluationFolder,
  gameHash,
  isPassing,
  isScored,
  type SetAside,
  takeStock,
} from '../../src/evaluation/index.js';
import type { EpisodeHeader } from '../../src/record/index.js';
import { writeSyntheticRun } from '../report/support/synthetic-run.js';

const SEEDS = [100_000, 100_001, 100_002];
const BAD = 100_001;
const config = { name: 'carracing', frames: 2 };
const entry = {
  ...{ game: 'carracing', game_given: 'carracing', game_sha256: gameHash(config), policy: 'mini', spec: 'mini' },
  ...{ provenance: { checkpoint: 'abc' }, policy_id: 'mini' },
};
const file: EvaluationFile = {
  ...{ format: 1, name: 'test', given: [], seeds: '100000..100002', max_decisions: 8, plain: false },
  ...{ entries: [entry], versions: {}, starts: [], finished: null },
};

let root: string;
let folder: EvaluationFolder;
const asides: SetAside[] = [];

const header = (own: EpisodeHeader): EpisodeHeader => ({
  ...own,
  game: { name: 'carracing', config },
  arguments: { given: null, resolved: { maxSteps: 8, plain: false } },
  policy: { id: 'mini', provenance: { checkpoint: 'abc' } },
});

async function writeEpisode(seed: number, run: Partial<Parameters<typeof writeSyntheticRun>[1]> = {}, at = seed) {
  const path = folder.episodeFolder(entry, at);
  await writeSyntheticRun(path, { policy: 'mini', seed, decisions: 8, edit: header, ...run });
  return path;
}

const stock = (retryFailed = false) =>
  takeStock(folder, entry, { retryFailed, onSetAside: (aside) => void asides.push(aside) });

/** Changes a file of the bad seed's episode. */
async function change(name: string, edit: (text: string) => string): Promise<void> {
  const path = join(folder.episodeFolder(entry, BAD), name);
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

beforeEach(async () => {
  asides.length = 0;
  root = await mkdtemp(join(tmpdir(), 'take-stock-'));
  folder = await EvaluationFolder.create({ exactly: join(root, 'run') }, file);
  for (const seed of SEEDS) await writeEpisode(seed);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('taking stock', () => {
  it('keeps whole episodes, by termination and by limit, as they are', async () => {
    await rm(folder.episodeFolder(entry, BAD), { recursive: true });
    await writeEpisode(BAD, { status: 'stopped' });
    expect(await stock()).toEqual([]);
    expect(asides).toEqual([]);
    expect(folder.file.set_aside).toBeUndefined();
  });

  const manifest = (edit: (json: Record<string, never>) => object) => () =>
    change('manifest.json', (text) => JSON.stringify(edit(JSON.parse(text))));
  const otherScore = ({ result, ...rest }: { result?: object }) => ({ ...rest, result: { ...result, score: 99_999 } });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['another score', manifest(otherScore), /result\.score of the manifest is 99999/],
    [
      'another seed',
      async () => {
        await rm(folder.episodeFolder(entry, BAD), { recursive: true });
        await writeEpisode(100_000, {}, BAD);
      },
      /seed is 100000, not 100001/,
    ],
    [
      'another policy',
      manifest((json) => ({ ...json, policy: { id: 'expert', provenance: { checkpoint: 'abc' } } })),
      /policy is expert/,
    ],
    [
      'other weights',
      manifest((json) => ({ ...json, policy: { id: 'mini', provenance: { checkpoint: 'x' } } })),
      /checkpoint is x/,
    ],
    ['other rules', manifest((json) => ({ ...json, game: { name: 'carracing', config: { frames: 9 } } })), /rules/],
    [
      'another limit',
      manifest((json) => ({ ...json, arguments: { given: null, resolved: { maxSteps: 9 } } })),
      /limit of decisions is 9/,
    ],
    ['no end of its own', manifest((json) => ({ ...json, status: 'stopped' })), /says stopped/],
    ['no result', manifest((json) => ({ ...json, result: null })), /no result/],
    [
      'a status of its own, as if it were to be thrown away',
      manifest((json) => ({ ...json, status: 'running' })),
      /finished of the manifest|status of the manifest|seal/,
    ],
    ['no manifest', () => rm(join(folder.episodeFolder(entry, BAD), 'manifest.json')), /steps but no manifest/],
    ['an empty manifest', () => change('manifest.json', () => ''), /manifest cannot be read/],
    ['a garbled manifest', () => change('manifest.json', () => '\u0000{{{'), /manifest cannot be read/],
    [
      'another reward in a line',
      () => change('steps.jsonl', (text) => text.replace(/"reward":[-\d.]+/, '"reward":77')),
      /chain of step/,
    ],
    [
      'fewer lines',
      () => change('steps.jsonl', (text) => `${text.split('\n').slice(0, -3).join('\n')}\n`),
      /lines come to/,
    ],
    ['no lines', () => change('steps.jsonl', () => ''), /no step/],
    ['no steps', () => rm(join(folder.episodeFolder(entry, BAD), 'steps.jsonl')), /missing/],
    [
      'a link elsewhere',
      async () => {
        await rename(folder.episodeFolder(entry, BAD), join(root, 'elsewhere'));
        await symlink(join(root, 'elsewhere'), folder.episodeFolder(entry, BAD));
      },
      /link/,
    ],
    [
      'a manifest that is a link',
      async () => {
        const path = join(folder.episodeFolder(entry, BAD), 'manifest.json');
        await rename(path, join(root, 'manifest.json'));
        await symlink(join(root, 'manifest.json'), path);
      },
      /cannot be read/,
    ],
  ])('sets an episode aside that has %s, and has it played again', async (_, damage, reason) => {
    await damage();
    expect(await stock()).toEqual([BAD]);
    expect(asides).toHaveLength(1);
    expect(asides[0]?.reason).toMatch(reason);
    expect(await readdir(join(folder.path, asides[0]?.folder ?? ''))).not.toEqual([]);
    const again = await EvaluationFolder.open(folder.path);
    expect(again?.file.set_aside).toEqual(asides);
    const seeds = (await folder.outcomes(entry)).filter(isScored).map(({ seed }) => seed);
    expect(seeds).toEqual([100_000, 100_002]);
  });

  it('sets all aside where the folder of a row is a link', async () => {
    await rename(folder.entryFolder(entry), join(root, 'elsewhere'));
    await symlink(join(root, 'elsewhere'), folder.entryFolder(entry));
    expect(await stock()).toEqual(SEEDS);
    expect(asides).toMatchObject([{ seed: null, folder: 'set-aside/episodes/carracing/mini' }]);
    expect(await readdir(join(root, 'elsewhere'))).toHaveLength(3);
  });

  it('never writes over what was set aside before', async () => {
    for (let time = 0; time < 2; time++) {
      await change('manifest.json', () => '');
      expect(await stock()).toEqual([BAD]);
      await writeEpisode(BAD);
    }
    expect(asides.map(({ folder: path }) => path.split('/').at(-1))).toEqual(['100001', '100001-2']);
  });

  it('removes what a killed or cancelled episode left, and nothing else', async () => {
    await rm(folder.episodeFolder(entry, BAD), { recursive: true });
    await writeEpisode(BAD, { status: 'cancelled' });
    await appendFile(join(folder.entryFolder(entry), 'notes.txt'), 'mine');
    expect(await stock()).toEqual([BAD]);
    expect(asides).toEqual([]);
    expect((await readdir(folder.entryFolder(entry))).sort()).toEqual(['100000', '100002', 'notes.txt']);
  });

  it('has a failed episode played again on request, its record kept', async () => {
    await rm(folder.episodeFolder(entry, BAD), { recursive: true });
    await writeEpisode(BAD, { status: 'failed' });
    expect(await stock()).toEqual([]);
    expect(await stock(true)).toEqual([BAD]);
    expect(asides[0]?.reason).toBe('it failed and is played again: the model service went away');
  });

  it('has an episode played again without being asked that failed for want of disk', async () => {
    await rm(folder.episodeFolder(entry, BAD), { recursive: true });
    await writeEpisode(BAD, { status: 'failed' });
    const error = {
      code: 'record',
      message: 'the steps cannot be recorded',
      got: 'ENOSPC: no space left on device, write',
    };
    await change('manifest.json', (text) => JSON.stringify({ ...JSON.parse(text), error }));
    expect(await stock()).toEqual([BAD]);
  });
});

describe('a failure that may pass', () => {
  it.each([
    ['record', 'ENOSPC: no space left on device, write', true],
    ['record', 'EMFILE: too many open files', true],
    ['internal', 'ENOMEM: not enough memory', true],
    ['service', undefined, true],
    ['emulator_died', undefined, true],
    ['emulator_timeout', undefined, true],
    ['runtime', 'OOM when allocating tensor', true],
    ['record', 'more than 4194304 bytes', false],
    ['policy_failure', 'undefined is not a function', false],
    ['env_failure', 'ZeroDivisionError', false],
    ['illegal_action', undefined, false],
  ])('%s, %s: %s', (code, got, expected) => {
    expect(isPassing({ code, message: 'it failed', ...(got === undefined ? {} : { got }) })).toBe(expected);
  });
});
