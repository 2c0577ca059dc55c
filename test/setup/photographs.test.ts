/** The set-up of photographs keeps what is listed, by its bytes, and does not go on without those that are held out. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keep, photographsStep, requireHeldOut } from '../../scripts/lib/steps/photographs.mjs';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (path: string, content: string, use: string) => ({ package: 'some', path, sha256: sha256(content), use });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photographs-step-'));
  await mkdir(join(folder, 'from', 'deep'), { recursive: true });
  await writeFile(join(folder, 'from', 'deep', 'a.jpg'), 'a');
  await writeFile(join(folder, 'from', 'b.jpg'), 'another b');
  await writeFile(join(folder, 'from', 'unlisted.jpg'), 'u');
});
afterAll(() => rm(folder, { recursive: true }));

describe('photographs', () => {
  const listed = [file('deep/a.jpg', 'a', 'test'), file('b.jpg', 'b', 'train'), file('c.jpg', 'c', 'train')];

  it('are kept where their bytes are the listed ones', () => {
    const to = join(folder, 'to', 'some');
    expect(keep(listed, join(folder, 'from'), to)).toBe(1);
    expect(existsSync(join(to, 'deep', 'a.jpg'))).toBe(true);
    expect(['b.jpg', 'unlisted.jpg'].map((name) => existsSync(join(to, name)))).toEqual([false, false]);
    expect(() => requireHeldOut(listed, join(folder, 'to'))).not.toThrow();
  });

  it('that are held out must all be there', () => {
    const more = [...listed, file('d.jpg', 'd', 'test'), { ...file('e.png', 'e', 'test'), cutout: true }];
    expect(() => requireHeldOut(more, join(folder, 'to'))).toThrow(/not all there/);
  });

  it('are fetched on request alone', () => {
    const step = photographsStep as { applies(context: object): boolean };
    expect(step.applies({ photographs: false })).toBe(false);
    expect(step.applies({ photographs: true })).toBe(true);
  });
});
