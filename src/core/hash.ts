/** Content hashes for observations and records. */
import { createHash } from 'node:crypto';
import type { NdArray } from './nd-array.js';

/** Hex digits kept of a SHA-256: 128 bits, far beyond chance collisions among any number of frames. */
const HEX_DIGITS = 32;

/** The hash of an array's type, shape and bytes: equal exactly when the arrays are equal. */
export function hashArray(array: NdArray): string {
  const { data } = array;
  return createHash('sha256')
    .update(`${array.dtype}[${array.shape.join(',')}]`)
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex')
    .slice(0, HEX_DIGITS);
}

/** The next link of a hash chain: depends on `text` and, through `previous`, on everything before it. */
export function chainHash(previous: string, text: string): string {
  return createHash('sha256').update(previous).update('\n').update(text).digest('hex').slice(0, HEX_DIGITS);
}
