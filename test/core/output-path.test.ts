/** What a command may write to: nothing that is there is lost, and what cannot be written is told before it begins. */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireOutputFile, requireOutputFolder } from '../../src/core/output-path.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file', () => {
  const file = (path: string, overwrite = false) =>
    requireOutputFile(path, { endings: ['.mp4'], overwrite, where: '--video' });

  it('is new, of the ending that is written, in a folder that is there', async () => {
    await expect(file(join(folder, 'a.mp4'))).resolves.toBeUndefined();
    await expect(file(join(folder, 'A.MP4'))).resolves.toBeUndefined();
    await expect(file(join(folder, 'a.webm'))).rejects.toMatchObject({ code: 'usage', details: { where: '--video' } });
    await expect(file(join(folder, 'none', 'a.mp4'))).rejects.toThrow(/folder does not exist/);
    await mkdir(join(folder, 'b.mp4'));
    await expect(file(join(folder, 'b.mp4'), true)).rejects.toThrow(/a folder has that name/);
  });

  it('has a name that the file system takes, also before it is whole', async () => {
    const named = (length: number) => file(join(folder, `${'n'.repeat(length - 4)}.mp4`));
    await expect(named(300)).rejects.toMatchObject({ code: 'usage', details: { where: '--video' } });
    await expect(named(250)).rejects.toThrow(/name is too long[\s\S]*250 bytes[\s\S]*shorter/);
    await expect(named(200)).resolves.toBeUndefined();
    await expect(file(join(folder, `${'空'.repeat(100)}.mp4`))).rejects.toThrow(/304 bytes/);
  });

  it('that is there is replaced only where that was asked for', async () => {
    await writeFile(join(folder, 'a.mp4'), 'holiday');
    await expect(file(join(folder, 'a.mp4'))).rejects.toThrow(/there already[\s\S]*--overwrite/);
    await expect(file(join(folder, 'a.mp4'), true)).resolves.toBeUndefined();
  });
});

describe('a folder', () => {
  const check = (path: string, holds?: RegExp) =>
    requireOutputFolder(path, { ...(holds ? { holds, kind: 'a report' } : {}), where: '--out' });

  it('is new, deep down too, or empty', async () => {
    await expect(check(join(folder, 'a', 'b'))).resolves.toBeUndefined();
    await expect(check(folder)).resolves.toBeUndefined();
  });

  it.each([
    ['itself', (long: string) => [long]],
    ['that is above it', (long: string) => [long, 'a']],
    ['in folders that are not there yet', (long: string) => ['a', 'b', long]],
  ])('has no name too long for the file system: %s', async (_, parts) => {
    await expect(check(join(folder, ...parts('n'.repeat(300))))).rejects.toThrow(/name is too long[\s\S]*300 bytes/);
    await expect(check(join(folder, ...parts('n'.repeat(200))))).resolves.toBeUndefined();
  });

  it.skipIf(process.platform !== 'linux')('lies where something can be made, whoever asks', async () => {
    await expect(check('/proc/x')).rejects.toThrow(/nothing can be written there[\s\S]*\/proc/);
    await expect(check('/proc/x/y')).rejects.toThrow(/nothing can be written there/);
  });

  it('is only looked at: nothing stays', async () => {
    await check(join(folder, 'a', 'b'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('that holds something is refused, unless it is of the kind', async () => {
    await writeFile(join(folder, 'report.md'), '');
    await expect(check(folder)).rejects.toThrow(/not empty/);
    await expect(check(folder, /^report\.html$/)).rejects.toThrow(/or a report/);
    await writeFile(join(folder, 'report.html'), '');
    await expect(check(folder, /^report\.html$/)).resolves.toBeUndefined();
    await expect(check(join(folder, 'report.md', 'x'))).rejects.toThrow(/stands in the way/);
  });

  it.skipIf(process.getuid?.() === 0)('must be writable', async () => {
    await chmod(folder, 0o500);
    await expect(check(join(folder, 'a'))).rejects.toThrow(/can be written/);
  });
});
