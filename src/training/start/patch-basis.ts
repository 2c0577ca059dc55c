/** Patches as coordinates: functions of a two-dimensional cosine transform on three axes of colour. */
import { PRODUCT_WAVES } from './code/layout.js';

/** Brightness, red against blue, and green against both; orthonormal. */
const COLOUR_AXES = [
  [1, 1, 1].map((value) => value / Math.sqrt(3)),
  [1, 0, -1].map((value) => value / Math.SQRT2),
  [1, -2, 1].map((value) => value / Math.sqrt(6)),
] as const;
/** Photographs have so much less in the colour axes than in brightness. */
const COLOUR_COST = [1, 5, 9] as const;

/** One function of the basis over a patch. */
export interface BasisFunction {
  /** [patch · patch · 3], rows, columns, channels; of norm 1. */
  readonly values: Float32Array;
  /** Factor that brings the strong low coordinates and the weak high ones of photographs closer together. */
  readonly gain: number;
  /** Waves down and along the patch, and the part of each channel. */
  readonly down: number;
  readonly along: number;
  readonly colour: readonly number[];
}

/**
 * The `count` functions in which photographs have most of their content, strongest first, of waves that location tokens
 * tell.
 */
export function patchBasis(patch: number, count: number): BasisFunction[] {
  const candidates = COLOUR_COST.flatMap((cost, axis) =>
    Array.from({ length: PRODUCT_WAVES ** 2 }, (_, i) => {
      const [down, along] = [Math.floor(i / PRODUCT_WAVES), i % PRODUCT_WAVES];
      return { axis, down, along, cost: (down * down + along * along + 0.3) * cost };
    }),
  );
  const told = candidates.filter(({ down, along }) => down < patch && along < patch);
  told.sort((a, b) => a.cost - b.cost || a.axis - b.axis || a.down - b.down || a.along - b.along);
  return told.slice(0, count).map(({ axis, down, along, cost }) => {
    const values = new Float32Array(patch * patch * 3);
    for (let i = 0; i < values.length; i++) {
      const [y, x, channel] = [Math.floor(i / (3 * patch)), Math.floor(i / 3) % patch, i % 3];
      const colour = COLOUR_AXES[axis]?.[channel] as number;
      values[i] = wave(down, y, patch) * wave(along, x, patch) * colour;
    }
    return { values, gain: cost ** 0.4, down, along, colour: COLOUR_AXES[axis] as readonly number[] };
  });
}

function wave(frequency: number, at: number, patch: number): number {
  const norm = Math.sqrt((frequency === 0 ? 1 : 2) / patch);
  return norm * Math.cos((Math.PI * frequency * (at + 0.5)) / patch);
}
