/** Pictures with smooth edges, drawn point by point; positions in pixels, from the top and the left. */
import type { Frame, Random } from '../../core/index.js';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface Shape {
  /** Nothing of it lies outside. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Whether a point lies in it. */
  has(y: number, x: number): boolean;
}

/** Points a pixel, in each direction. */
const FINE = 4;

export class Canvas {
  readonly #values: Float64Array;

  constructor(
    readonly side: number,
    background: Rgb,
  ) {
    this.#values = Float64Array.from({ length: side * side * 3 }, (_, i) => background[i % 3] as number);
  }

  /** Fills a shape, whose edges cover their pixels in part. */
  fill(shape: Shape, colour: Rgb): void {
    const [top, left] = [shape.top, shape.left].map((value) => Math.max(Math.floor(value), 0)) as [number, number];
    const [bottom, right] = [shape.bottom, shape.right].map((value) => Math.min(value, this.side)) as [number, number];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const share = coverage(shape, y, x);
        if (share > 0) this.#blend(y, x, share, colour);
      }
    }
  }

  /** Adds to all channels of each pixel. @param light by the middle of the pixel. */
  add(light: (y: number, x: number) => number): void {
    for (let y = 0; y < this.side; y++) {
      for (let x = 0; x < this.side; x++) {
        const added = light(y + 0.5, x + 0.5);
        for (let c = 0; c < 3; c++) this.#values[(y * this.side + x) * 3 + c] = this.#at(y, x, c) + added;
      }
    }
  }

  /**
   * The picture in whole values. Each pixel is rounded up or down by chance, in all channels alike, so that light
   * weaker than a step is still there on average, and a file's size tells nothing of what is drawn.
   * @param grain steps that each pixel may be lighter or darker by chance.
   */
  picture(random: Random, grain = 0): Frame {
    const data = new Uint8Array(this.#values.length);
    for (let pixel = 0; pixel < data.length; pixel += 3) {
      const moved = random.next() + grain * (2 * random.next() - 1);
      for (let c = 0; c < 3; c++) {
        data[pixel + c] = Math.min(Math.max(Math.floor((this.#values[pixel + c] as number) + moved), 0), 255);
      }
    }
    return { dtype: 'uint8', shape: [this.side, this.side, 3], data };
  }

  #at(y: number, x: number, c: number): number {
    return this.#values[(y * this.side + x) * 3 + c] as number;
  }

  #blend(y: number, x: number, share: number, colour: Rgb): void {
    for (let c = 0; c < 3; c++) {
      this.#values[(y * this.side + x) * 3 + c] = this.#at(y, x, c) * (1 - share) + share * (colour[c] as number);
    }
  }
}

function coverage(shape: Shape, y: number, x: number): number {
  let inside = 0;
  for (let i = 0; i < FINE * FINE; i++) {
    if (shape.has(y + (Math.floor(i / FINE) + 0.5) / FINE, x + ((i % FINE) + 0.5) / FINE)) inside++;
  }
  return inside / (FINE * FINE);
}

/** A filled circle. */
export function disc(centreY: number, centreX: number, radius: number): Shape {
  const square = box(centreY - radius, centreX - radius, 2 * radius, 2 * radius);
  return { ...square, has: (y, x) => Math.hypot(y - centreY, x - centreX) < radius };
}

/** From `top` and `left` on. */
export function box(top: number, left: number, height: number, width: number): Shape {
  const [bottom, right] = [top + height, left + width];
  return { top, left, bottom, right, has: (y, x) => y >= top && y < bottom && x >= left && x < right };
}
