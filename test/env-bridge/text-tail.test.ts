import { describe, expect, it } from 'vitest';
import { TextTail } from '../../src/env-bridge/text-tail.js';

describe('TextTail', () => {
  it('keeps the last lines of what came in pieces', () => {
    const tail = new TextTail();
    expect(tail.toString()).toBe('');
    for (const piece of ['one\ntw', 'o\n', 'three\n']) tail.append(Buffer.from(piece));
    expect(tail.toString()).toBe('    one\n    two\n    three');
    for (let line = 0; line < 100; line++) tail.append(Buffer.from(`${line}\n`));
    expect(tail.toString().split('\n')).toEqual(Array.from({ length: 20 }, (_, index) => `    ${index + 80}`));
  });

  it('is bounded, and drops a line that the bound cut in two', () => {
    const tail = new TextTail();
    tail.append(Buffer.from(`${'x'.repeat(10_000)}\nlast\n`));
    expect(tail.toString()).toBe('    last');
    tail.append(Buffer.from('y'.repeat(10_000)));
    expect(tail.toString()).toHaveLength(4096 + 4);
  });
});
