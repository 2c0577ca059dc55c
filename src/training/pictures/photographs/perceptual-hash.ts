/**
 * A hash that near duplicates share: 64 bits that say where a small grey version of a picture gets brighter from left
 * to right (Krawetz' difference hash). Rescaled, recompressed or slightly recoloured copies differ in a few bits.
 */
import type { Frame } from '../../../core/nd-array.js';
import { resize } from '../../../model/image/index.js';

const [ROWS, COLUMNS] = [8, 8];
/** Different photographs differ in about 32 of the 64 bits; copies in fewer than these. */
const NEAR = 10;

export function perceptualHash(frame: Frame): bigint {
  const { data, shape } = resize(frame, ROWS, COLUMNS + 1, 'box');
  const channels = shape[2] as number;
  const grey = (row: number, column: number): number => {
    const at = (row * (COLUMNS + 1) + column) * channels;
    if (channels === 1) return data[at] as number;
    return 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  };
  let hash = 0n;
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      hash = (hash << 1n) | (grey(row, column + 1) > grey(row, column) ? 1n : 0n);
    }
  }
  return hash;
}

/** Whether two hashes are of the same picture, or of versions of it. */
export function areNear(one: bigint, other: bigint): boolean {
  let difference = one ^ other;
  let bits = 0;
  for (; difference > 0n; difference &= difference - 1n) bits++;
  return bits < NEAR;
}
