/**
 * A common code for where things are, in the first values of every hidden state. Location tokens say with it which patch
 * and which pixel of the patch are meant, patches where they lie, number tokens which value they stand for; so attention
 * can find the named patch from the first step, where a network that starts from noise needs millions of queries to find
 * out what a location is. Everything can still be changed by training: it is a start, not a mechanism.
 *
 * Behind the code lies the content of patches, as coordinates of a two-dimensional cosine transform, and behind that the
 * products of row and column functions at the pixel in question.
 */
import { AgentError } from '../../core/errors.js';
import type { TextConfig } from '../../model/config/index.js';

/** From `start` on, `size` values of the hidden state. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

/** Waves over the grid that a coordinate of the patch is told by; each takes a cosine and a sine. */
const WAVES = 4;
/** Waves over a patch that a pixel's offset is told by. */
const OFFSETS = 7;
/** Waves in each direction whose products are told. */
export const PRODUCT_WAVES = 6;
/** Waves over the range of a channel that a value is told by. */
const VALUE_WAVES = [1, 2, 3, 4, 6, 8, 12, 16, 24];

const spans = {
  patchRow: 2 * WAVES,
  patchColumn: 2 * WAVES,
  offsetRow: OFFSETS,
  offsetColumn: OFFSETS,
  constant: 1,
  isRow: 1,
  isColumn: 1,
  isFirst: 1,
  isMiddle: 1,
  isPatch: 1,
  /** Of each channel, the estimated value t from −1 to 1 and the weight of t². */
  estimate: 6,
  value: 2 * VALUE_WAVES.length,
  content: 96,
  products: PRODUCT_WAVES ** 2,
};

export type SpanName = keyof typeof spans;

/** Where each part of the code lies. */
export const CODE: Readonly<Record<SpanName, Span>> = layOut();
/** Values that the whole code takes. */
const CODE_SIZE = Object.values(spans).reduce((sum, size) => sum + size, 0);
/** Coordinates of a patch's content. */
export const CONTENT_SIZE = spans.content;

function layOut(): Record<SpanName, Span> {
  let start = 0;
  const entries = Object.entries(spans).map(([name, size]) => {
    const span = { start, size };
    start += size;
    return [name, span] as const;
  });
  return Object.fromEntries(entries) as Record<SpanName, Span>;
}

/** @throws AgentError `config` where the network has too few values for the code. */
export function requireRoom({ hiddenSize, headDim, heads, layers, intermediateSize }: TextConfig, grid: number): void {
  const needed = { hiddenSize: CODE_SIZE, headDim: 32, heads: 4, layers: 2, intermediateSize: 2 * CONTENT_SIZE };
  const given = { hiddenSize, headDim, heads, layers, intermediateSize };
  const missing = (Object.keys(needed) as (keyof typeof needed)[]).filter((name) => given[name] < needed[name]);
  if (missing.length === 0 && grid <= 12) return;
  throw new AgentError('config', 'The network is too small for the position code', {
    expected: `${Object.entries(needed)
      .map(([name, least]) => `${name} ${least}`)
      .join(', ')} or more, at most 12 × 12 patches`,
    got: [...missing.map((name) => `${name} ${given[name]}`), `${grid} × ${grid} patches`].join(', '),
    where: 'start.language',
    next: 'enlarge it, or set position_code to false',
  });
}

/** Strength of the constant and of the mark of patches: above the content's, so that bright patches do not outshout others. */
export const PATCH_MARK = 4;

/** The code of row or column `index` of a grid of `grid` patches. */
export function patchCode(index: number, grid: number): number[] {
  const angles = Array.from({ length: WAVES }, (_, k) => (2 * Math.PI * (k + 1) * index) / grid);
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
}

/** The code of a pixel's offset in a patch of `patch` pixels: the cosine transform's functions but for the constant. */
export function offsetCode(offset: number, patch: number): number[] {
  return Array.from({ length: OFFSETS }, (_, i) =>
    i + 1 < patch ? Math.SQRT2 * Math.cos((Math.PI * (i + 1) * (offset + 0.5)) / patch) : 0,
  );
}

/** A channel's value, 0 to 255, as a number from −1 to 1. */
export function asUnit(value: number): number {
  return (value - 127.5) / 127.5;
}

/** The code of a channel's value: waves over its range. */
export function valueCode(value: number): number[] {
  const t = asUnit(value);
  return VALUE_WAVES.flatMap((k) => [Math.cos((Math.PI * t * k) / 2), Math.sin((Math.PI * t * k) / 2)]);
}

/**
 * What an estimate is compared with: t and t². Since −(t − e)² = 2 e t − t² − e², a linear read-out of these two is a bell
 * around the estimate e.
 */
export function estimateCode(value: number): [number, number] {
  const t = asUnit(value);
  return [t, t * t - 1 / 3];
}
