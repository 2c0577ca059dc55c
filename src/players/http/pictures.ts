/** Frames as PNG files, as an endpoint wants them. */
import sharp from 'sharp';
import { encodePng, type Frame } from '../../core/index.js';

/** Frames as PNG: exactly their pixels, each enlarged to a square of `scale`. Made once for each frame. */
export function pictureEncoder(scale: number): (frame: Frame) => Promise<Uint8Array> {
  const made = new WeakMap<Frame, Promise<Uint8Array>>();
  return (frame) => {
    const known = made.get(frame);
    if (known) return known;
    const png = encode(frame, scale);
    made.set(frame, png);
    return png;
  };
}

async function encode(frame: Frame, scale: number): Promise<Uint8Array> {
  if (scale === 1) return encodePng(frame);
  const [height, width, channels] = frame.shape as readonly [number, number, 1 | 3];
  return sharp(frame.data, { raw: { width, height, channels } })
    .resize(width * scale, height * scale, { kernel: 'nearest', fit: 'fill' })
    .png()
    .toBuffer();
}

/** Frames of one shape side by side, from left to right. */
export function sheetOf(frames: readonly Frame[]): Frame {
  const [height, width, channels] = (frames[0] as Frame).shape as readonly [number, number, number];
  const row = width * channels;
  const data = new Uint8Array(height * row * frames.length);
  for (const [index, frame] of frames.entries()) {
    for (let y = 0; y < height; y++) {
      data.set(frame.data.subarray(y * row, (y + 1) * row), (y * frames.length + index) * row);
    }
  }
  return { dtype: 'uint8', shape: [height, width * frames.length, channels], data };
}
