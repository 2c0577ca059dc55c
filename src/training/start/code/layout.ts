/**
 * How a new decoder's hidden states are laid out, so that it finds a named place and reads its colour from the first
 * step, where a network that starts from noise needs millions of queries to find out what a location is. Everything can
 * still be changed by training: it is a start, not a mechanism.
 *
 * Location tokens say by angles which patch is meant, in terms of the rotary embedding that turns keys by their
 * position; and by the functions of a cosine transform which pixel of the patch. Patches tell their content as
 * coordinates of that transform. Norms and attention scale a hidden state as a whole, by factors that no weight can
 * undo; so content and functions each carry a constant that is scaled with them, and what is read is a ratio.
 */
import type { TextConfig } from '../../../model/config/index.js';
import { endOfSpans, layOutSpans, requireSizes, type Span } from '../spans.js';

/** The fastest of the rotary embedding's turns, whose angles tell a patch by its position in the prompt. */
export const TURNS = 5;
/** Functions over a patch that a pixel's offset is told by: the constant, then waves. */
const OFFSETS = 8;
/** The first of them in each direction, whose products are told. */
export const PRODUCT_WAVES = 7;
/** Waves over the range of a channel that a value is told by. */
const VALUE_WAVES = [4, 16];

const spans = {
  /** Angles of row and column, cosines before sines. */
  turnRow: 2 * TURNS,
  turnColumn: 2 * TURNS,
  /** Their sum: the angle at which the patch's key stands. */
  turn: 2 * TURNS,
  offsetRow: OFFSETS,
  offsetColumn: OFFSETS,
  constant: 1,
  isRow: 1,
  isColumn: 1,
  isFirst: 1,
  isMiddle: 1,
  isPatch: 1,
  /** The estimated value t of the channel that is asked for, from −1 to 1, and the weight of t². */
  estimate: 2,
  value: 1 + 2 * VALUE_WAVES.length,
  content: 83,
  /** The constant that content is measured by. */
  unit: 1,
  products: PRODUCT_WAVES ** 2,
};

export type SpanName = keyof typeof spans;

/** Where each part of the code lies. */
export const CODE: Readonly<Record<SpanName, Span>> = layOutSpans(spans, 0);
/** Marks of the tokens that predict red, green and blue. */
export const ASKING = ['isColumn', 'isFirst', 'isMiddle'] as const satisfies readonly SpanName[];
/** How many marks there are, from `isRow` on. */
export const MARKS = CODE.isPatch.start + 1 - CODE.isRow.start;
/** Values that the whole code takes. */
export const CODE_SIZE = endOfSpans(spans, 0);
/** Coordinates of a patch's content. */
export const CONTENT_SIZE = spans.content;

/** Throws `config` where the network has too few values for the code. */
export function requireRoom(config: TextConfig): void {
  const needed = { hiddenSize: CODE_SIZE, headDim: 32, heads: 4, layers: 2, intermediateSize: 256 };
  requireSizes(config, needed, 'the position code', 'position_code to false');
}

/**
 * Strength of the constant and of the mark of patches: above the content's, so that bright patches do not outshout
 * others.
 */
export const PATCH_MARK = 8;

/** Strength of the unit in a projected patch. */
export const UNIT = 2;

/** Strength with which the hidden state's estimates are read by the head. */
export const HEAD_GAIN = 0.75;

/** Strength of the content beside the position code. */
const CONTENT_GAIN = 0.35;

/** How strongly a coordinate stands in a projected patch, beside a unit of `UNIT`. @param gain of its function. */
export function contentGain(gain: number, patch: number): number {
  return (gain * CONTENT_GAIN * 8) / patch;
}

/** Angles as pairs: all cosines, then all sines. */
export function turnCode(angles: readonly number[]): number[] {
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
}

/** The code of a pixel's offset in a patch of `patch` pixels: the cosine transform's first functions. */
export function offsetCode(offset: number, patch: number): number[] {
  return Array.from({ length: OFFSETS }, (_, i) => {
    if (i === 0) return 1;
    return i < patch ? Math.SQRT2 * Math.cos((Math.PI * i * (offset + 0.5)) / patch) : 0;
  });
}

/** Where the product of two functions stands, `down` and `along` below `PRODUCT_WAVES`. */
export function productAt(down: number, along: number): number {
  return CODE.products.start + down * PRODUCT_WAVES + along;
}

/** A channel's value, 0 to 255, as a number from −1 to 1. */
export function asUnit(value: number): number {
  return (value - 127.5) / 127.5;
}

/** The code of a channel's value: itself, and waves over its range. */
export function valueCode(value: number): number[] {
  const t = asUnit(value);
  return [t, ...VALUE_WAVES.flatMap((k) => [Math.cos((Math.PI * t * k) / 2), Math.sin((Math.PI * t * k) / 2)])];
}

/**
 * What an estimate is compared with: t and t². Since −(t − e)² = 2 e t − t² − e², a linear read-out of these two is a
 * bell around the estimate e.
 */
export function estimateCode(value: number): [number, number] {
  const t = asUnit(value);
  return [t, t * t - 1 / 3];
}
