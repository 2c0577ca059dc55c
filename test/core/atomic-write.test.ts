import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic, writeFilesAtomic } from '../../src/core/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeFileAtomic', () => {
  it('writes a file and replaces it', async () => {
    const path = join(folder, 'a.json');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, new TextEncoder().encode('two'));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('leaves the old content and no temporary file when writing fails', async () => {
    const path = join(folder, 'taken');
    await writeFile(path, 'old');
    await expect(writeFileAtomic(join(path, 'below-a-file'), 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(writeFileAtomic(join(folder, 'missing', 'x'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('writes files that belong together all, or none', async () => {
    const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
    await writeFilesAtomic(paths.map((path) => ({ path, content: 'old' })));
    const bad = { path: join(folder, 'a', 'below-a-file'), content: 'x' };
    const change = writeFilesAtomic([...paths.map((path) => ({ path, content: 'new' })), bad]);
    await expect(change).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(await readdir(folder)).toEqual(['a', 'b', 'c']);
    expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(['old', 'old', 'old']);
  });

  it('never shows a reader a part of a file', async () => {
    const path = join(folder, 'big');
    const contents = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await writeFileAtomic(path, contents[0]!);
    const writes = (async () => {
      for (let i = 0; i < 20; i++) await writeFileAtomic(path, contents[i % 2]!);
    })();
    for (let i = 0; i < 50; i++) expect(contents).toContain(await readFile(path, 'utf8'));
    await writes;
  });

  it('lets several writers race: one of them wins whole', async () => {
    const path = join(folder, 'race');
    await Promise.all(Array.from({ length: 8 }, (_, i) => writeFileAtomic(path, String(i).repeat(1000))));
    expect(await readFile(path, 'utf8')).toMatch(/^(\d)\1{999}$/);
    expect(await readdir(folder)).toEqual(['race']);
  });
});
