import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asSystemError, inWords } from '../../src/core/index.js';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('inWords', () => {
  it('says what a failed system call met, without its code', () => {
    expect(inWords(thrownBy(() => readFileSync('no/such/file')))).toBe('no such file or folder');
    expect(inWords(thrownBy(() => readFileSync('docs')))).toBe('a folder, no file');
    expect(inWords(thrownBy(() => readFileSync('README.md/below')))).toBe('a part of that path is a file, no folder');
  });

  it('leaves every other error its own words', () => {
    expect(inWords(new Error('Unexpected token'))).toBe('Unexpected token');
    expect(inWords('a word')).toBe('a word');
    const rare = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', syscall: 'open' });
    expect(inWords(rare)).toBe(rare.message);
  });
});

describe('asSystemError', () => {
  it('names the path and what to do', () => {
    const error = asSystemError(thrownBy(() => readFileSync('no/such/file')));
    expect(error?.details).toMatchObject({ got: 'no such file or folder', where: 'no/such/file' });
    expect(error?.details.next).toContain('check the path');
  });
});
