/**
 * Pixel value prediction as text: what is asked, what is answered, and how an answer is read back. The forms are those
 * of the paper's group: `<image> [reconstruct] loc: [y,x] rgb: ` → `[r,g,b]`.
 */
import type { Frame } from '../../core/nd-array.js';

/** Red, green and blue, whole numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A pixel, counted from the top and the left. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** What all queries about one picture begin with. */
export const PIXEL_PROMPT = '<image> [reconstruct]';

/** What names the pixel, behind the common beginning. */
export function placeText({ y, x }: Place): string {
  return ` loc: [${y},${x}] rgb: `;
}

/** The answer for a colour. */
export function colourText([red, green, blue]: Colour): string {
  return `[${red},${green},${blue}]`;
}

/** The colour of a picture's pixel; one channel is grey. */
export function colourAt({ shape, data }: Frame, { y, x }: Place): Colour {
  const [, width, channels] = shape as [number, number, number];
  const at = (y * width + x) * channels;
  const channel = (c: number): number => data[at + (channels === 1 ? 0 : c)] as number;
  return [channel(0), channel(1), channel(2)];
}

export type ParsedColour =
  | { readonly ok: true; readonly colour: Colour }
  | { readonly ok: false; readonly reason: 'form' | 'range'; readonly raw: string };

const FORM = /^\s*\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]\s*$/;

/** Reads an answer: exactly three whole numbers in brackets, each at most 255. Nothing is guessed. */
export function parseColour(raw: string): ParsedColour {
  const match = FORM.exec(raw);
  if (!match) return { ok: false, reason: 'form', raw };
  const colour = match.slice(1).map(Number) as unknown as Colour;
  if (colour.some((value) => value > 255)) return { ok: false, reason: 'range', raw };
  return { ok: true, colour };
}
