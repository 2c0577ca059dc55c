/** What fills shapes and backgrounds: plain colour, patterns of two tones, gradients and clouds. */
import { blend, type Rgb } from './palette.js';

export const PATTERNS = ['plain', 'striped', 'dotted', 'checked'] as const;
export type PatternName = (typeof PATTERNS)[number];

/** Repeats of a pattern over a shape's radius. */
const REPEATS = 3.2;
/** How soft the edge between two tones is, in repeats. */
const SOFT = 0.16;

const wave = (value: number): number => Math.abs((((value % 1) + 1) % 1) * 2 - 1);

/** 0 below the edge and 1 above it, with a soft step between. */
const step = (value: number, edge: number): number => Math.min(Math.max((value - edge) / SOFT + 0.5, 0), 1);

/** The share of the second tone at a point of a shape, in the shape's own coordinates (radius 1). */
export function patternAt(pattern: PatternName, y: number, x: number): number {
  switch (pattern) {
    case 'plain':
      return 0;
    case 'striped':
      return step(wave(((y + x) * REPEATS) / Math.SQRT2 / 2), 0.5);
    case 'dotted':
      return step(0.55 - Math.hypot(wave((y * REPEATS) / 2), wave((x * REPEATS) / 2)), 0);
    case 'checked': {
      const rows = 2 * step(wave((y * REPEATS) / 3), 0.5) - 1;
      const columns = 2 * step(wave((x * REPEATS) / 3), 0.5) - 1;
      return (1 + rows * columns) / 2;
    }
  }
}

export const BACKDROPS = ['plain', 'gradient', 'clouds', 'horizon'] as const;
export type BackdropName = (typeof BACKDROPS)[number];

/** A background: two tones of one named colour, and how they lie. */
export interface Backdrop {
  readonly kind: BackdropName;
  readonly tones: readonly [Rgb, Rgb];
  /** Direction of a gradient, in radians. */
  readonly angle: number;
  /** Chooses the clouds. */
  readonly seed: number;
}

/** The colour of a background at a point, both coordinates from 0 to 1. */
export function backdropAt({ kind, tones, angle, seed }: Backdrop, y: number, x: number): Rgb {
  const [from, to] = tones;
  switch (kind) {
    case 'plain':
      return from;
    case 'gradient': {
      const along = (y - 0.5) * Math.sin(angle) + (x - 0.5) * Math.cos(angle);
      return blend(from, to, Math.min(Math.max(along + 0.5, 0), 1));
    }
    case 'clouds':
      return blend(from, to, clouds(seed, y, x));
    case 'horizon':
      return blend(from, to, step((y - 0.62 - 0.04 * Math.sin(9 * x + angle)) * 3, 0));
  }
}

/** Value noise of three octaves, 0 to 1. */
function clouds(seed: number, y: number, x: number): number {
  return (
    0.55 * valueNoise(seed, y * 3, x * 3) +
    0.3 * valueNoise(seed + 1, y * 7, x * 7) +
    0.15 * valueNoise(seed + 2, y * 15, x * 15)
  );
}

function valueNoise(seed: number, y: number, x: number): number {
  const [row, column] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [smooth(y - row), smooth(x - column)];
  const top = mix(lattice(seed, row, column), lattice(seed, row, column + 1), right);
  const bottom = mix(lattice(seed, row + 1, column), lattice(seed, row + 1, column + 1), right);
  return mix(top, bottom, down);
}

const smooth = (t: number): number => t * t * (3 - 2 * t);
const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** A number from 0 to 1 for each point of a lattice: two rounds of murmur3's finaliser. */
function lattice(seed: number, row: number, column: number): number {
  let hash = Math.imul(seed ^ Math.imul(row, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(column, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
