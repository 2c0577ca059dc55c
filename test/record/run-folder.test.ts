import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimRunFolder, createRunFolder, runName } from '../../src/record/index.js';
import { temporaryFolder } from './support/records.js';

const started = new Date('2026-01-02T03:04:05.678Z');
const name = { started, game: 'carracing', policy: 'constant:gas', seed: 7 };

describe('names of run folders', () => {
  it('say time, game, policy and seed', () => {
    expect(runName(name)).toBe('20260102T030405Z-carracing-constant-gas-seed7');
  });

  it('sort by time', () => {
    const later = runName({ ...name, started: new Date('2026-01-02T03:04:06Z'), game: 'a' });
    expect([later, runName(name)].sort()).toEqual([runName(name), later]);
  });

  it.each([
    ['../../../etc/passwd', 'etc-passwd'],
    ['..', 'unnamed'],
    ['pae-lamm:models/pae-lamm-mini', 'pae-lamm-models-pae-lamm-mini'],
    ['script:/tmp/a b/moves.txt', 'script-tmp-a-b-moves.txt'],
    ['x'.repeat(500), 'x'.repeat(48)],
  ])('make one path part of the policy %s', (policy, part) => {
    expect(runName({ ...name, policy })).toBe(`20260102T030405Z-carracing-${part}-seed7`);
  });

  it('are never taken twice, by whoever asks at the same time', async () => {
    const runs = join(await temporaryFolder(), 'new', 'runs');
    const folders = await Promise.all(Array.from({ length: 8 }, () => createRunFolder(runs, name)));
    expect(new Set(folders).size).toBe(8);
    expect((await readdir(runs)).sort()).toEqual(
      ['', ...Array.from({ length: 7 }, (_, index) => `-${index + 2}`)].map((end) => runName(name) + end),
    );
  });
});

describe('a folder named by the user', () => {
  it('is made, or taken while it is empty', async () => {
    const folder = join(await temporaryFolder(), 'mine', 'run');
    await expect(claimRunFolder(folder)).resolves.toBe(folder);
    await expect(claimRunFolder(folder)).resolves.toBe(folder);
  });

  it('is refused when something is in it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'manifest.json'), '{}');
    await expect(claimRunFolder(folder)).rejects.toMatchObject({ code: 'record', details: { where: folder } });
    expect(await readdir(folder)).toEqual(['manifest.json']);
  });

  it('is refused where a part of the path is a file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(claimRunFolder(join(folder, 'file', 'run'))).rejects.toMatchObject({
      code: 'record',
      details: { next: expect.stringContaining('is a file') },
    });
  });
});
