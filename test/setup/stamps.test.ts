import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOf, stampsIn, statFingerprint, writeAtomically } from '../../scripts/lib/stamps.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stamps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('stamps', () => {
  it('are read as written, and gone once removed', () => {
    const stamps = stampsIn(folder);
    expect(stamps.read('python')).toBeNull();
    stamps.write('python', 'abc', { variant: 'cpu' });
    expect(stamps.read('python')).toMatchObject({ inputs: 'abc', variant: 'cpu' });
    stamps.remove('python');
    expect(stamps.read('python')).toBeNull();
  });

  it('count as missing where the file is damaged', () => {
    writeFileSync(join(folder, 'python.json'), '{"inputs": "ab');
    expect(stampsIn(folder).read('python')).toBeNull();
  });

  it('leave no temporary file', () => {
    writeAtomically(join(folder, 'inner', 'x.json'), 'one');
    writeAtomically(join(folder, 'inner', 'x.json'), 'two');
    expect(readdirSync(join(folder, 'inner'))).toEqual(['x.json']);
  });
});

describe('hashOf', () => {
  it('depends on every part, and on where one ends', () => {
    expect(hashOf({ a: 'x', b: 'y' })).toBe(hashOf({ a: 'x', b: 'y' }));
    expect(hashOf({ a: 'x', b: 'y' })).not.toBe(hashOf({ a: 'x', b: 'z' }));
    expect(hashOf({ a: 'x\nb 1', b: 'y' })).not.toBe(hashOf({ a: 'x', b: 'y' }));
    expect(hashOf({ a: 'xy', b: '' })).not.toBe(hashOf({ a: 'x', b: 'y' }));
  });
});

describe('statFingerprint', () => {
  const print = () => statFingerprint(folder, (name: string) => name.endsWith('.ts'));

  it('changes with content, time, name and number of the wanted files, in folders too', () => {
    mkdirSync(join(folder, 'deep'));
    const file = join(folder, 'deep', 'a.ts');
    writeFileSync(file, 'one');
    utimesSync(file, 1000, 1000);
    const before = print();
    expect(print()).toBe(before);
    utimesSync(file, 1000, 1001);
    expect(print()).not.toBe(before);
    utimesSync(file, 1000, 1000);
    expect(print()).toBe(before);
    writeFileSync(file, 'longer');
    utimesSync(file, 1000, 1000);
    expect(print()).not.toBe(before);
    const changed = print();
    writeFileSync(join(folder, 'b.ts'), '');
    expect(print()).not.toBe(changed);
  });

  it('does not see other files', () => {
    writeFileSync(join(folder, 'a.ts'), '');
    const before = print();
    writeFileSync(join(folder, 'notes.md'), 'x');
    expect(print()).toBe(before);
  });
});
