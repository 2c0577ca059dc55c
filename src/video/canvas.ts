/** A picture that is drawn on: RGB, 8 bits a channel. */
import type { Glyphs } from './glyphs.js';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** `height` rows of `width` pixels of red, green, blue. */
  readonly data: Uint8Array;
}

/** Red, green, blue, each 0-255. */
export type Colour = readonly [number, number, number];

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Fills a part of the canvas, by default all of it. */
export function fill(canvas: Canvas, colour: Colour, area: Rectangle = { left: 0, top: 0, ...canvas }): void {
  const bottom = Math.min(area.top + area.height, canvas.height);
  const right = Math.min(area.left + area.width, canvas.width);
  for (let y = Math.max(0, area.top); y < bottom; y++) {
    for (let x = Math.max(0, area.left); x < right; x++) canvas.data.set(colour, (y * canvas.width + x) * 3);
  }
}

/** Copies `picture` onto `whole`; what does not fit is cut off. */
export function copyInto(whole: Canvas, picture: Canvas, left: number, top: number): void {
  const width = Math.min(picture.width, whole.width - left);
  const height = Math.min(picture.height, whole.height - top);
  for (let y = 0; y < height; y++) {
    const from = y * picture.width * 3;
    whole.data.set(picture.data.subarray(from, from + width * 3), ((top + y) * whole.width + left) * 3);
  }
}

/** Draws a picture from `left`, `top` on, each of its pixels as a square of `scale`: what was sharp stays sharp. */
export function drawMagnified(canvas: Canvas, picture: Canvas, scale: number, top: number, left = 0): void {
  const { data } = canvas;
  const { width, height, data: pixels } = picture;
  const stride = canvas.width * 3;
  const rowBytes = width * scale * 3;
  for (let y = 0; y < height; y++) {
    const source = y * width * 3;
    const row = (top + y * scale) * stride + left * 3;
    if (scale === 1) {
      data.set(pixels.subarray(source, source + rowBytes), row);
      continue;
    }
    for (let x = 0, target = row; x < width * 3; x += 3) {
      for (let copy = 0; copy < scale; copy++, target += 3) {
        data[target] = pixels[source + x] as number;
        data[target + 1] = pixels[source + x + 1] as number;
        data[target + 2] = pixels[source + x + 2] as number;
      }
    }
    for (let copy = 1; copy < scale; copy++) data.copyWithin(row + copy * stride, row, row + rowBytes);
  }
}

/** Lets `opacity` (0-1) of black over a part of the canvas. */
export function darken(canvas: Canvas, { left, top, width, height }: Rectangle, opacity: number): void {
  const remaining = Math.round((1 - opacity) * 256);
  for (let y = top; y < top + height; y++) {
    const end = (y * canvas.width + left + width) * 3;
    for (let index = (y * canvas.width + left) * 3; index < end; index++) {
      canvas.data[index] = ((canvas.data[index] as number) * remaining) >> 8;
    }
  }
}

/** Writes text from `left`, `top` on; a character that the font lacks becomes `?`, what does not fit is cut off. */
export function drawText(
  canvas: Canvas,
  glyphs: Glyphs,
  text: string,
  left: number,
  top: number,
  colour: Colour,
): void {
  let cursor = left;
  for (const character of text) {
    if (cursor + glyphs.width > canvas.width) return;
    const coverage = glyphs.coverage(character) ?? glyphs.coverage('?');
    if (coverage) blend(canvas, glyphs, coverage, cursor, top, colour);
    cursor += glyphs.width;
  }
}

function blend(canvas: Canvas, glyphs: Glyphs, coverage: Uint8Array, left: number, top: number, colour: Colour): void {
  const { data } = canvas;
  const [red, green, blue] = colour;
  const rows = Math.min(glyphs.height, canvas.height - top);
  for (let y = 0; y < rows; y++) {
    let index = ((top + y) * canvas.width + left) * 3;
    for (let x = 0; x < glyphs.width; x++, index += 3) {
      const share = coverage[y * glyphs.width + x] as number;
      if (share === 0) continue;
      data[index] = mix(data[index] as number, red, share);
      data[index + 1] = mix(data[index + 1] as number, green, share);
      data[index + 2] = mix(data[index + 2] as number, blue, share);
    }
  }
}

function mix(below: number, above: number, share: number): number {
  return below + Math.round(((above - below) * share) / 255);
}

/** The next even number: H.264 with 4:2:0 colour has even sizes only. */
export function even(length: number): number {
  return length + (length % 2);
}
