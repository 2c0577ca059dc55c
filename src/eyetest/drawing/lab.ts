/** Colours as people tell them apart: CIE L*a*b* (CIE 15:2004) of sRGB (IEC 61966-2-1) under D65. */
import type { Rgb } from './canvas.js';

/** Lightness 0 to 100, green to red, blue to yellow. */
export type Lab = readonly [lightness: number, a: number, b: number];

const WHITE = [0.95047, 1, 1.08883] as const;
const TO_XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
] as const;
const FROM_XYZ = [
  [3.2404542, -1.5371385, -0.4985314],
  [-0.969266, 1.8760108, 0.041556],
  [0.0556434, -0.2040259, 1.0572252],
] as const;
const BEND = 6 / 29;

export function labOf(colour: Rgb): Lab {
  const linear = colour.map((value) => toLinear(value / 255));
  const [x, y, z] = TO_XYZ.map((row, i) => toCube(times(row, linear) / (WHITE[i] as number))) as [
    number,
    number,
    number,
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Not rounded; outside of 0 to 255 where sRGB does not have the colour. */
export function rgbOf([lightness, a, b]: Lab): Rgb {
  const y = (lightness + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((value, i) => fromCube(value) * (WHITE[i] as number));
  return FROM_XYZ.map((row) => 255 * fromLinear(times(row, xyz))) as unknown as Rgb;
}

/** The distance of two colours, ΔE of 1976: about 2.3 is just seen by people side by side. */
export function deltaE(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

const times = (row: readonly number[], values: readonly number[]): number =>
  row.reduce((sum, factor, i) => sum + factor * (values[i] as number), 0);

const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const fromLinear = (value: number): number => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);

const toCube = (t: number): number => (t > BEND ** 3 ? Math.cbrt(t) : t / (3 * BEND ** 2) + 4 / 29);

const fromCube = (t: number): number => (t > BEND ? t ** 3 : 3 * BEND ** 2 * (t - 4 / 29));
