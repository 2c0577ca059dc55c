/**
 * PNG files (ISO/IEC 15948) with eight bits a channel, in memory and at once. libvips writes and reads
 * them too, but takes three times as long for a small one, most of it for its own set-up: a millisecond on either side
 * of each decision that is asked for over HTTP (docs/serve-model.md).
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import type { Frame } from './nd-array.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Pictures of games are mostly plain, so that little more is gained by trying harder. */
const LEVEL = 3;
/** Colour types. */
const [GRAY, RGB] = [0, 2];
/** Chunks that say nothing about colours or size. */
const PLAIN_CHUNKS = ['IHDR', 'IDAT', 'IEND', 'pHYs', 'tEXt', 'zTXt', 'iTXt', 'tIME'];

/** The file of a picture [height, width, 1 | 3]. */
export function encodePng({ shape, data }: Frame): Buffer {
  const [height, width, channels] = shape as readonly [number, number, number];
  const row = width * channels;
  const rows = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? GRAY : RGB], 8);
  const packed = deflateSync(rows, { level: LEVEL });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const file = Buffer.alloc(data.length + 12);
  file.writeUInt32BE(data.length, 0);
  file.write(type, 4, 'latin1');
  file.set(data, 8);
  file.writeUInt32BE(crc32(file.subarray(4, data.length + 8)), data.length + 8);
  return file;
}

/**
 * The picture [height, width, 3] of a plain file. Undefined for what has more or less to it, such as gray, a palette,
 * transparency, a profile of colours, interlaced rows or more than eight bits, for more than `maxPixels`, and for what
 * is broken.
 */
export function decodePlainPng(file: Buffer, maxPixels: number): Frame | undefined {
  const chunks = chunksOf(file);
  const header = chunks?.[0];
  if (!chunks || header?.type !== 'IHDR' || header.data.length !== 13) return undefined;
  const [width, height] = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)];
  const [bits, colourType, ...methods] = header.data.subarray(8);
  const isPlain = bits === 8 && colourType === RGB && methods.every((method) => method === 0);
  if (!isPlain || width * height === 0 || width * height > maxPixels) return undefined;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const size = height * (3 * width + 1);
  try {
    // One byte more than there should be, so that a longer picture is no plain one.
    const rows = inflateSync(packed, { maxOutputLength: size + 1 });
    const data = rows.length === size ? unfilter(rows, 3 * width) : undefined;
    return data && { dtype: 'uint8', shape: [height, width, 3], data };
  } catch {
    return undefined;
  }
}

/** Undefined where a chunk is broken or not a plain picture's. */
function chunksOf(file: Buffer): { type: string; data: Buffer }[] | undefined {
  if (!file.subarray(0, 8).equals(SIGNATURE)) return undefined;
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    const type = file.toString('latin1', at + 4, at + 8);
    if (end + 4 > file.length || !PLAIN_CHUNKS.includes(type)) return undefined;
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) return undefined;
    chunks.push({ type, data: file.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
  return undefined;
}

/** Bytes of rows out of what they were told by: of the byte to the left, above, both or none. */
function unfilter(rows: Buffer, row: number): Uint8Array<ArrayBuffer> | undefined {
  const height = rows.length / (row + 1);
  const data = new Uint8Array(height * row);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (row + 1)] as number;
    const told = rows.subarray(y * (row + 1) + 1, (y + 1) * (row + 1));
    const [start, above] = [y * row, (y - 1) * row];
    if (filter === 0) data.set(told, start);
    else if (filter > 4) return undefined;
    else {
      for (let i = 0; i < row; i++) {
        const a = i < 3 ? 0 : (data[start + i - 3] as number);
        const b = y === 0 ? 0 : (data[above + i] as number);
        const c = i < 3 || y === 0 ? 0 : (data[above + i - 3] as number);
        data[start + i] = (told[i] as number) + foretold(filter, a, b, c);
      }
    }
  }
  return data;
}

/** By filter type. @param a the byte to the left @param b above @param c above the one to the left. */
function foretold(filter: number, a: number, b: number, c: number): number {
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return (a + b) >> 1;
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}
