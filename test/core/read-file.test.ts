import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText, readTextSync } from '../../src/core/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-read-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('reading a file that somebody names', () => {
  it('reads text, through a link too', async () => {
    await writeFile(join(folder, 'a'), 'Grüße\n');
    await symlink('a', join(folder, 'b'));
    expect(await readText(join(folder, 'b'))).toBe('Grüße\n');
    expect(() => readTextSync(join(folder, 'b'), { followLinks: false })).toThrow('a symbolic link, no file');
  });

  it('refuses a pipe that nobody writes to, a device without an end, and a folder', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readTextSync(pipe)).toThrow('a device or a pipe, no file');
    expect(() => readTextSync('/dev/zero')).toThrow('a device or a pipe, no file');
    expect(() => readTextSync(folder)).toThrow('a folder, no file');
  });

  it('refuses more than it may hold', async () => {
    const path = join(folder, 'long');
    await writeFile(path, 'x'.repeat(100_001));
    expect(readTextSync(path, { maxBytes: 100_001 })).toHaveLength(100_001);
    expect(() => readTextSync(path, { maxBytes: 100_000 })).toThrow('a file of more than 100000 bytes');
  });

  it("throws Node's own error of a file that is not there", () => {
    expect(() => readTextSync(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
