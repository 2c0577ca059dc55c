/** Masks as pictures: by themselves, and laid over what they are about. */
import sharp from 'sharp';
import type { Frame } from '../core/index.js';
import type { Mask } from '../training/masks/mask.js';
import type { Box } from '../training/pictures/index.js';

/** Laid over what the model takes for the thing, and over what the truth has beyond it. */
const [ANSWER, MISSED] = [
  [255, 60, 160],
  [60, 200, 255],
] as const;

/** The mask as a PNG of one channel: 255 inside, 0 outside. */
export function maskPng({ height, width, data }: Mask): Promise<Buffer> {
  const raw = { width, height, channels: 1 } as const;
  return sharp(
    data.map((value) => 255 * value),
    { raw },
  )
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** The picture with the mask in pink, what it misses of the truth in blue, and the box as a white line. */
export function overlay({ shape, data }: Frame, answer: Mask, box: Box | null, truth?: Mask): Frame {
  const [height, width, channels] = shape as [number, number, number];
  const shown = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    const colour = answer.data[i] === 1 ? ANSWER : truth?.data[i] === 1 ? MISSED : undefined;
    for (let c = 0; c < 3; c++) {
      const below = data[i * channels + (channels === 1 ? 0 : c)] as number;
      shown[3 * i + c] = colour ? Math.round((below + (colour[c] as number)) / 2) : below;
    }
  }
  if (box) drawBox(shown, width, box);
  return { dtype: 'uint8', shape: [height, width, 3], data: shown };
}

function drawBox(data: Uint8Array, width: number, [y0, x0, y1, x1]: Box): void {
  const put = (y: number, x: number): void => {
    data.fill(255, 3 * (y * width + x), 3 * (y * width + x) + 3);
  };
  for (let x = x0; x <= x1; x++) for (const y of [y0, y1]) put(y, x);
  for (let y = y0; y <= y1; y++) for (const x of [x0, x1]) put(y, x);
}

/** A picture as PNG. */
export function framePng({ shape, data }: Frame): Promise<Buffer> {
  const [height, width, channels] = shape as [number, number, 1 | 3];
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}
