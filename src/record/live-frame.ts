/**
 * The newest picture of an episode that is being played, in a file beside its record: whoever watches sees the game
 * without playing it a second time. It is no part of the record. It is there while somebody plays, its name is that of
 * a temporary file, and what a killed process left is swept with the others. The file is
 *
 *     "LIVE", uint32 step, uint32 height, uint32 width, uint32 channels (little-endian), then the pixels
 *
 * written over in place, so a reader may meet half of one picture and half of the next. Whether it is what was played
 * is told by the record: the line of that step has the hash of its observation.
 */
import { readdir } from 'node:fs/promises';
import { AgentError, type Frame, ownTag } from '../core/index.js';
import { openRecordFile } from './files.js';

const NAME = /^live\..+\.tmp$/;
const MARK = 'LIVE';
const HEAD_BYTES = 20;
/** Of a picture; larger ones are neither written nor read. */
const MAX_PIXEL_BYTES = 16 * 2 ** 20;

/** A picture, and the decision after which the game gave it; 0 is the reset. */
export interface LiveFrame {
  readonly step: number;
  readonly frame: Frame;
}

/** This process's name for the file. */
export const liveFrameName = (): string => `live.${ownTag()}.tmp`;

/** The file's bytes; undefined of a picture that is too large. */
export function liveFrameBytes({ step, frame }: LiveFrame): Buffer | undefined {
  const { data, shape } = frame;
  if (data.byteLength > MAX_PIXEL_BYTES) return undefined;
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + data.byteLength);
  bytes.write(MARK, 'latin1');
  for (const [index, value] of [step, ...shape].entries()) bytes.writeUInt32LE(value, 4 * (index + 1));
  bytes.set(data, HEAD_BYTES);
  return bytes;
}

/**
 * The picture beside the record in `folder`, `none`, or `known` where it is still that of this step. Rejects with
 * `record` where there is something else.
 */
export async function readLiveFrame(folder: string, known: number | null): Promise<LiveFrame | 'none' | 'known'> {
  const name = (await readdir(folder).catch(() => [])).find((one) => NAME.test(one));
  if (name === undefined) return 'none';
  await using file = await openRecordFile(folder, name);
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
  const [step = 0, ...shape] = [1, 2, 3, 4].map((index) => head.readUInt32LE(4 * index));
  const [height = 0, width = 0, channels = 0] = shape;
  const size = height * width * channels;
  const isPicture = bytesRead === HEAD_BYTES && head.toString('latin1', 0, 4) === MARK && size > 0;
  if (!isPicture || (channels !== 1 && channels !== 3) || size > MAX_PIXEL_BYTES) {
    const got = isPicture ? `${height} by ${width} pixels of ${channels} values` : 'something else';
    throw refused(name, `a picture of at most ${MAX_PIXEL_BYTES} bytes`, got);
  }
  if (step === known) return 'known';
  const data = new Uint8Array(size);
  const { bytesRead: pixels } = await file.read(data, 0, size, HEAD_BYTES);
  if (pixels < size) throw refused(name, `${size} bytes of pixels`, String(pixels));
  return { step, frame: { dtype: 'uint8', shape, data } };
}

function refused(where: string, expected: string, got: string): AgentError {
  return new AgentError('record', 'the file of the newest picture holds none', { expected, got, where });
}
