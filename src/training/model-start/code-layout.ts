/**
 * A common code for where things are, in the first values of every hidden state. Location tokens say with it which patch
 * and which pixel of the patch are meant, patches where they lie, number tokens which value they stand for; so attention
 * can find the named patch from the first step, where a network that starts from noise needs millions of queries to find
 * out what a location is. Everything can still be changed by training: it is a start, not a mechanism.
 *
 * The rest of a hidden state holds the content of patches: coordinates of a two-dimensional cosine transform.
 */
import { AgentError } from '../../core/errors.js';

/** From `start` on, `size` values of the hidden state. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

/** Half waves over the grid that a coordinate of the patch is told by; each takes a cosine and a sine. */
const FEW_PATCHES = [1, 2, 3, 4];
/** Neighbours of a finer grid are told apart by shorter waves. */
const MANY_PATCHES = [1, 2, 3.5, 5];
const WAVES = FEW_PATCHES.length;
/** Waves over a patch that a pixel's offset is told by. */
const OFFSETS = 11;
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
  value: 2 + 2 * VALUE_WAVES.length,
};

export type SpanName = keyof typeof spans;

/** Where each part of the code lies. */
export const CODE: Readonly<Record<SpanName, Span>> = layOut();
/** The first value that is content. */
export const CONTENT_START = Object.values(spans).reduce((sum, size) => sum + size, 0);

function layOut(): Record<SpanName, Span> {
  let start = 0;
  const entries = Object.entries(spans).map(([name, size]) => {
    const span = { start, size };
    start += size;
    return [name, span] as const;
  });
  return Object.fromEntries(entries) as Record<SpanName, Span>;
}

/** @throws AgentError `config` where a hidden state or a head has too few values for the code. */
export function requireRoom(hiddenSize: number, headDim: number, grid: number): void {
  if (hiddenSize >= CONTENT_START + headDim && headDim >= 8 * WAVES && grid <= 12) return;
  throw new AgentError('config', 'The network is too small for the position code', {
    expected: `hidden states of at least ${CONTENT_START + 4 * 2 * WAVES} values, heads of at least ${8 * WAVES}, at most 12 × 12 patches`,
    got: `${hiddenSize}, ${headDim}, ${grid} × ${grid}`,
    where: 'start.language',
    next: 'enlarge them, or set position_code to false',
  });
}

/** The code of row or column `index` of a grid of `grid` patches. */
export function patchCode(index: number, grid: number): number[] {
  const angles = (grid <= 8 ? FEW_PATCHES : MANY_PATCHES).map((waves) => (Math.PI * waves * index) / grid);
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
}

/** The code of a pixel's offset in a patch of `patch` pixels: the cosine transform's functions but for the constant. */
export function offsetCode(offset: number, patch: number): number[] {
  return Array.from({ length: OFFSETS }, (_, i) =>
    i + 1 < patch ? Math.SQRT2 * Math.cos((Math.PI * (i + 1) * (offset + 0.5)) / patch) : 0,
  );
}

/**
 * The code of a channel's value. From its first two entries a linear read-out can make a bell around any value, because
 * −(v − i)² is linear in v and v².
 */
export function valueCode(value: number): number[] {
  const t = (value - 127.5) / 127.5;
  const waves = VALUE_WAVES.flatMap((k) => [Math.cos((Math.PI * t * k) / 2), Math.sin((Math.PI * t * k) / 2)]);
  return [1.5 * t, 1.5 * (t * t - 1 / 3), ...waves];
}
