/**
 * Masks as COCO writes them: lengths of runs of equal pixels, column after column, the first of zeros. `counts` is a
 * list of numbers or the string that pycocotools makes of it (`maskApi.c`, rleToString).
 */
import { AgentError } from '../../core/errors.js';
import type { Mask } from './mask.js';

export interface CocoRle {
  /** Height and width. */
  readonly size: readonly [height: number, width: number];
  readonly counts: string | readonly number[];
}

/** A mask with its counts as a string, as in COCO's results. */
export function toCocoRle({ height, width, data }: Mask): CocoRle & { readonly counts: string } {
  const counts: number[] = [];
  let [value, length] = [0, 0];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (data[y * width + x] !== value) {
        counts.push(length);
        [value, length] = [1 - value, 0];
      }
      length++;
    }
  }
  counts.push(length);
  return { size: [height, width], counts: writeCounts(counts) };
}

/** Reads both forms. Throws `config` where the runs do not fill the picture. */
export function fromCocoRle({ size: [height, width], counts }: CocoRle): Mask {
  const lengths = typeof counts === 'string' ? readCounts(counts) : counts;
  const data = new Uint8Array(height * width);
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    if (!Number.isInteger(length) || length < 0 || at + length > data.length) throw broken(lengths, data.length);
    for (const end = at + length; at < end; at++) {
      if (i % 2 === 1) data[(at % height) * width + Math.floor(at / height)] = 1;
    }
  }
  if (at !== data.length) throw broken(lengths, data.length);
  return { height, width, data };
}

/** Five bits a character, least first; from the fourth count on the difference to the one before the last. */
function writeCounts(counts: readonly number[]): string {
  const text: string[] = [];
  for (const [i, count] of counts.entries()) {
    let left = i > 2 ? count - (counts[i - 2] as number) : count;
    for (let isMore = true; isMore; ) {
      const bits = left & 0x1f;
      left >>= 5;
      isMore = bits & 0x10 ? left !== -1 : left !== 0;
      text.push(String.fromCharCode(bits + (isMore ? 0x20 : 0) + 48));
    }
  }
  return text.join('');
}

function readCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, isMore] = [0, 0, true];
    while (isMore) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64) || shift > 30) throw notCounts(text);
      value |= (code & 0x1f) << shift;
      shift += 5;
      isMore = (code & 0x20) !== 0;
      if (!isMore && code & 0x10) value |= -1 << shift;
    }
    counts.push(counts.length > 2 ? value + (counts.at(-2) as number) : value);
  }
  return counts;
}

function broken(counts: readonly number[], pixels: number): AgentError {
  return new AgentError('config', 'the runs of a mask do not fill its picture', {
    expected: `lengths that make ${pixels} together`,
    got: `${counts.length} lengths that make ${counts.reduce((sum, length) => sum + length, 0)}`,
  });
}

function notCounts(text: string): AgentError {
  return new AgentError('config', 'the counts of a mask cannot be read', {
    expected: "a string as pycocotools' mask.encode makes it",
    got: JSON.stringify(text.slice(0, 40)),
  });
}
