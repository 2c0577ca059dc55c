import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainHash, type Frame, hashArray } from '../../src/core/index.js';

const frame = (data: Frame['data'], shape: readonly number[]): Frame => ({ dtype: 'uint8', shape, data });

describe('hashArray', () => {
  it('depends on bytes, shape and type, not on where the bytes lie', () => {
    const bytes = Uint8Array.from([0, 1, 2, 3, 4, 5]);
    const within = Uint8Array.from([9, 0, 1, 2, 3, 4, 5, 9]).subarray(1, 7);
    const hash = hashArray(frame(bytes, [1, 2, 3]));
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(hashArray(frame(within, [1, 2, 3]))).toBe(hash);
    expect(hashArray(frame(bytes, [2, 1, 3]))).not.toBe(hash);
    expect(hashArray({ dtype: 'int8', shape: [1, 2, 3], data: new Int8Array(bytes) })).not.toBe(hash);
  });

  it('changes with any single byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (data, at, change) => {
          const other = Uint8Array.from(data);
          other[at % data.length]! ^= change;
          expect(hashArray(frame(other, [data.length]))).not.toBe(hashArray(frame(data, [data.length])));
        },
      ),
    );
  });
});

describe('chainHash', () => {
  it('depends on everything before it', () => {
    const chain = (texts: string[]) => texts.reduce(chainHash, '');
    expect(chain(['a', 'b', 'c'])).toBe(chain(['a', 'b', 'c']));
    expect(chain(['x', 'b', 'c'])).not.toBe(chain(['a', 'b', 'c']));
    expect(chain(['ab', 'c'])).not.toBe(chain(['a', 'bc']));
  });
});
