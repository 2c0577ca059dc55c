/**
 * Frames as PNG files: lossless, and readable by anything. Written in one way only (8 bits, no row filter, one IDAT),
 * because then a frame is read by inflating it and leaving out one byte a row: 0.05 ms where sharp takes 0.7, and for
 * pictures of these games smaller than with filters (docs/datasets.md).
 */
import { promisify } from 'node:util';
import { crc32, deflate, deflateSync, inflateSync } from 'node:zlib';
import { AgentError, type Frame } from '../core/index.js';

const compress = promisify(deflate);

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** zlib's level: 6 would save a tenth to a third of the bytes for twice the time, 1 gains nothing. */
const LEVEL = 3;
/** Bytes of pixels up to which packing them at once is quicker than handing them to another thread and back. */
const SMALL = 32 * 1024;
const GRAY = 0;
const RGB = 2;
/** Bytes of a chunk beside its data: length, name and check sum. */
const CHUNK_FRAME = 12;
const HEADER_BYTES = 13;
/** Where the one IDAT chunk begins, and how much follows its data. */
const DATA_AT = SIGNATURE.length + CHUNK_FRAME + HEADER_BYTES;
const AFTER_DATA = 4 + CHUNK_FRAME;

export interface FrameShape {
  readonly height: number;
  readonly width: number;
  /** 1 gray, 3 RGB. */
  readonly channels: 1 | 3;
}

/** A frame as PNG. The pixels are copied before this returns; compressing a large one goes on in another thread. */
export async function encodeFrame({ data, shape }: Frame): Promise<Uint8Array> {
  const [height, width, channels] = shape as [number, number, number];
  const row = width * channels;
  const rows = Buffer.alloc(height * (row + 1)); // each row begins with its filter: 0, none
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? GRAY : RGB, 0, 0, 0], 8);
  const compressed =
    rows.length <= SMALL ? deflateSync(rows, { level: LEVEL }) : await compress(rows, { level: LEVEL });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', compressed), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * The pixels of a frame that `encodeFrame` wrote; uint8 [height, width, channels], the caller's own.
 * Throws `dataset` for bytes that are not such a PNG, or a damaged one (its Adler-32 is checked).
 */
export function decodeFrame(png: Uint8Array, shape: FrameShape, where: string): Frame {
  const { height, width, channels } = shape;
  const bytes = asBuffer(png);
  if (!isLaidOut(bytes, shape)) throw damaged(`no PNG of ${width}×${height} as this program writes them`, where);
  const row = width * channels;
  const rows = inflate(bytes.subarray(DATA_AT + 8, bytes.length - AFTER_DATA), height * (row + 1), where);
  if (rows.length !== height * (row + 1)) throw damaged(`${rows.length} bytes of pixels`, where);
  const data = new Uint8Array(height * row);
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1);
    if (rows[start] !== 0) throw damaged(`row ${y} has filter ${rows[start]}`, where);
    data.set(rows.subarray(start + 1, start + 1 + row), y * row);
  }
  return { dtype: 'uint8', shape: [height, width, channels], data };
}

/**
 * Whether bytes are a PNG of this shape, laid out and check-summed as `encodeFrame` writes them; whether the pixels
 * unpack is found when they are decoded.
 */
export function isFramePng(png: Uint8Array, shape: FrameShape): boolean {
  const bytes = asBuffer(png);
  if (!isLaidOut(bytes, shape)) return false;
  const length = bytes.readUInt32BE(DATA_AT);
  const end = DATA_AT + 8 + length;
  return (
    bytes.length === end + AFTER_DATA &&
    bytes[24] === 8 &&
    bytes[25] === (shape.channels === 1 ? GRAY : RGB) &&
    bytes.toString('latin1', end + 8, end + 12) === 'IEND' &&
    bytes.readUInt32BE(end) === crc32(bytes.subarray(DATA_AT + 4, end))
  );
}

const asBuffer = (png: Uint8Array): Buffer => Buffer.from(png.buffer, png.byteOffset, png.byteLength);

function isLaidOut(bytes: Buffer, { height, width }: FrameShape): boolean {
  return (
    bytes.length > DATA_AT + CHUNK_FRAME &&
    bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE) &&
    bytes.readUInt32BE(16) === width &&
    bytes.readUInt32BE(20) === height &&
    bytes.toString('latin1', DATA_AT + 4, DATA_AT + 8) === 'IDAT'
  );
}

function inflate(bytes: Buffer, length: number, where: string): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: length });
  } catch (cause) {
    throw damaged(String(cause), where);
  }
}

function chunk(name: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + CHUNK_FRAME);
  whole.writeUInt32BE(data.length, 0);
  whole.write(name, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

function damaged(got: string, where: string): AgentError {
  return new AgentError('dataset', 'a frame of the dataset is damaged', {
    got,
    where,
    next: '`agent datasets check` finds every damaged shard; `agent collect` plays its episodes again',
  });
}
