/**
 * The place that a query names, worked out in the first layer's MLP from what its tokens tell of row and column: the
 * functions of the pixel in its patch, and the angle at which the rotary embedding has turned the patch's key.
 */
import { ropeFrequencies, type TextConfig } from '../../../model/config/index.js';
import type { Product } from '../product-units.js';
import { ASKING, CODE, PRODUCT_WAVES, productAt, TURNS } from './layout.js';

/** Strength with which products of functions are written. */
const STRENGTH = 0.3;

/** All products that tell a place. */
export function placeProducts(config: TextConfig): Product[] {
  return [...functionProducts(), ...sumsOfAngles(rotaryTurns(config))];
}

/** The fastest turns of the rotary embedding, radians a position. */
export function rotaryTurns({ rope, headDim }: TextConfig): number[] {
  return [...ropeFrequencies(rope, headDim).inverse.slice(0, TURNS)];
}

function functionProducts(): Product[] {
  return Array.from({ length: PRODUCT_WAVES ** 2 }, (_, i) => {
    const [down, along] = [Math.floor(i / PRODUCT_WAVES), i % PRODUCT_WAVES];
    return {
      gate: CODE.offsetRow.start + down,
      factor: CODE.offsetColumn.start + along,
      silent: [],
      outputs: [[productAt(down, along), STRENGTH]],
    };
  });
}

/** e^(i row) e^(i column), and back by a turn for each token that stands behind the column's. */
function sumsOfAngles(turns: readonly number[]): Product[] {
  return ASKING.flatMap((mark, behind) =>
    turns.flatMap((turn, i) => {
      const silent = ASKING.filter((other) => other !== mark).map((other) => CODE[other].start);
      const [cosine, sine] = [Math.cos(turn * behind), Math.sin(turn * behind)];
      const [real, imaginary] = [CODE.turn.start + i, CODE.turn.start + TURNS + i];
      const part = (row: number, column: number, toReal: number, toImaginary: number) => ({
        gate: CODE.turnRow.start + row * TURNS + i,
        factor: CODE.turnColumn.start + column * TURNS + i,
        silent,
        outputs: [
          [real, toReal],
          [imaginary, toImaginary],
        ] as const,
      });
      return [part(0, 0, cosine, -sine), part(1, 1, -cosine, sine), part(0, 1, sine, cosine), part(1, 0, sine, cosine)];
    }),
  );
}
