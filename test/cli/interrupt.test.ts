/**
 * Ctrl-C is no unexpected failure, whatever notices it: an error of one's own, or the signal's reason as it is thrown.
 */
import { describe, expect, it } from 'vitest';
import { interruptedExitCode, listenForInterrupt } from '../../src/cli/shared/interrupt.js';

describe('listenForInterrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends what throws the reason with %i', (name, exitCode) => {
    const heard: string[] = [];
    using interrupt = listenForInterrupt((first) => heard.push(first));
    process.emit(name, name);
    let thrown: unknown;
    try {
      interrupt.signal.throwIfAborted();
    } catch (error) {
      thrown = error;
    }
    expect(interruptedExitCode(interrupt, thrown)).toBe(exitCode);
    expect(heard).toEqual([name]);
  });

  it('lets any other error through', () => {
    using interrupt = listenForInterrupt(() => {});
    expect(() => interruptedExitCode(interrupt, new Error('mine'))).toThrow('mine');
  });
});
