/** The colours of scenes: twelve names that people agree on, far enough apart to be told from each other. */
import type { Random } from '../../../core/random.js';

/** Red, green and blue, 0-255; not rounded before it is drawn. */
export type Rgb = readonly [number, number, number];

export const PALETTE = {
  red: [214, 39, 40],
  orange: [255, 136, 14],
  yellow: [250, 220, 40],
  green: [44, 160, 44],
  cyan: [60, 214, 220],
  blue: [40, 80, 214],
  purple: [134, 52, 184],
  pink: [247, 140, 190],
  brown: [124, 76, 44],
  white: [245, 245, 245],
  gray: [138, 138, 138],
  black: [22, 22, 22],
} as const satisfies Record<string, Rgb>;

export type ColourName = keyof typeof PALETTE;
export const COLOUR_NAMES = Object.keys(PALETTE) as ColourName[];

/** Largest move of a channel, in steps of 255; more would carry orange into red and brown. */
const JITTER = 18;

/** A colour that still deserves its name: the palette's own at `amount` 0, up to 18 away in each channel at 1. */
export function shadeOf(name: ColourName, amount: number, random: Random): Rgb {
  const [red, green, blue] = PALETTE[name];
  const move = (value: number): number => value + (2 * random.next() - 1) * JITTER * amount;
  return [move(red), move(green), move(blue)];
}

/** The colour `share` of the way from one to another. */
export function blend(from: Rgb, to: Rgb, share: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

/** A lighter tone of dark colours and a darker one of light colours: what a pattern of one colour is made of. */
export function secondTone(colour: Rgb): Rgb {
  const brightness = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2];
  return blend(colour, brightness > 128 ? [0, 0, 0] : [255, 255, 255], 0.4);
}
