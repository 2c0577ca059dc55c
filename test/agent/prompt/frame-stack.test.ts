import { describe, expect, it } from 'vitest';
import { FrameStack } from '../../../src/agent/index.js';
import { frame } from '../support/fake-environment.js';

describe('FrameStack', () => {
  it('repeats the first frame, then lets frames slide through', () => {
    const stack = new FrameStack(3);
    const [a, b, c, d] = [frame(1), frame(2), frame(3), frame(4)] as const;
    stack.reset(a);
    expect(stack.frames).toEqual([a, a, a]);
    stack.push(b);
    stack.push(c);
    expect(stack.frames).toEqual([a, b, c]);
    stack.push(d);
    expect(stack.frames).toEqual([b, c, d]);
  });

  it('keeps the same object for the same frame, and leaves handed-out stacks alone', () => {
    const stack = new FrameStack(2);
    const [first, second] = [frame(1), frame(2)] as const;
    stack.reset(first);
    const before = stack.frames;
    stack.push(second);
    expect(before[1]).toBe(stack.frames[0]);
    expect(stack.frames[0]).toBe(first);
    expect(before).toEqual([first, first]);
  });

  it('begins anew at a reset', () => {
    const stack = new FrameStack(2);
    stack.reset(frame(1));
    stack.push(frame(2));
    const next = frame(9);
    stack.reset(next);
    expect(stack.frames).toEqual([next, next]);
  });

  it('holds no frames where observations are no pictures', () => {
    const stack = new FrameStack(2);
    const numbers = { dtype: 'float32', shape: [4], data: new Float32Array(4) } as const;
    stack.reset(numbers);
    stack.push(numbers);
    expect(stack.frames).toEqual([]);
  });

  it('refuses to hold less than one frame', () => {
    expect(() => new FrameStack(0)).toThrow(RangeError);
    expect(() => new FrameStack(1.5)).toThrow(RangeError);
  });
});
