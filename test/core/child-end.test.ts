import { describe, expect, it } from 'vitest';
import { howItEnded } from '../../src/core/index.js';

describe('howItEnded', () => {
  it.each([
    [{ exitCode: 3, signal: null }, 'exit code 3'],
    [{ exitCode: null, signal: 'SIGKILL' }, 'killed by SIGKILL'],
    [{ exitCode: undefined, signal: 'SIGSEGV' }, 'killed by SIGSEGV'],
    [{}, 'it could not be started'],
  ])('says of %j: %s', (end, words) => {
    expect(howItEnded(end)).toBe(words);
  });
});
