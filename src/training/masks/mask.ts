/** Masks: which pixels of a picture belong to a thing. */
import type { Box } from '../pictures/index.js';

export interface Mask {
  readonly height: number;
  readonly width: number;
  /** [height · width], row after row: 1 inside, 0 outside. */
  readonly data: Uint8Array;
}

/** Pixels inside. */
export function areaOf({ data }: Mask): number {
  return data.reduce((sum, value) => sum + value, 0);
}

/** The smallest box around a mask; undefined where nothing is inside. */
export function boxAround({ height, width, data }: Mask): Box | undefined {
  let [y0, x0, y1, x1] = [height, width, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
    }
  }
  return y1 < 0 ? undefined : [y0, x0, y1, x1];
}

/** Pixels inside both of two masks, and inside at least one. */
export interface Overlap {
  readonly intersection: number;
  readonly union: number;
}

/** How two masks lie on each other. Throws a RangeError where the sizes differ. */
export function overlapOfMasks(a: Mask, b: Mask): Overlap {
  if (a.height !== b.height || a.width !== b.width) {
    throw new RangeError(`masks of one size, got ${a.height} × ${a.width} and ${b.height} × ${b.width}`);
  }
  let [intersection, union] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [inA, inB] = [a.data[i] as number, b.data[i] as number];
    intersection += inA & inB;
    union += inA | inB;
  }
  return { intersection, union };
}

/** What lies in at least one of `masks` and not in `mask`; all have its size. */
export function outsideOf(mask: Mask, masks: readonly Mask[]): Mask {
  const data = mask.data.map((own, i) => (own === 0 && masks.some((other) => other.data[i] === 1) ? 1 : 0));
  return { ...mask, data };
}

/** Everything inside a box, the pixels of its edges too; what of it lies outside of the picture is left out. */
export function maskOfBox([y0, x0, y1, x1]: Box, height: number, width: number): Mask {
  const data = new Uint8Array(height * width);
  for (let y = Math.max(y0, 0); y <= Math.min(y1, height - 1); y++) {
    for (let x = Math.max(x0, 0); x <= Math.min(x1, width - 1); x++) data[y * width + x] = 1;
  }
  return { height, width, data };
}

/** A mask in another size: each pixel is the one that lies at its middle. */
export function resizeMask({ height, width, data }: Mask, toHeight: number, toWidth: number): Mask {
  const resized = new Uint8Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    const row = Math.floor(((y + 0.5) * height) / toHeight) * width;
    for (let x = 0; x < toWidth; x++) {
      resized[y * toWidth + x] = data[row + Math.floor(((x + 0.5) * width) / toWidth)] as number;
    }
  }
  return { height: toHeight, width: toWidth, data: resized };
}
