/**
 * Products of two values of the hidden state, by pairs of units of a gated MLP. With SiLU as the gate, σ(a) + σ(−a) = 1
 * makes of two units a product: silu(a) b + silu(−a) (−b) = a b.
 */
import type { Parameters } from '../../model/network/parameters.js';
import { edit } from './edit-parameter.js';

/** What a gate is lowered by, for SiLU to let nothing through. */
const SILENCE = 60;

export interface Product {
  readonly gate: number;
  readonly factor: number;
  /** Marks of tokens that form no product, by where they stand. */
  readonly silent: readonly number[];
  /** Where the product goes, and how strongly. */
  readonly outputs: readonly (readonly [to: number, weight: number])[];
}

/** Lets the first units of a layer's MLP form products, instead of whatever they did. @param inner units of the MLP. */
export function setProducts(parameters: Parameters, layer: number, inner: number, products: readonly Product[]): void {
  edit(parameters, `language.${layer}.mlp.in.kernel`, (input) => {
    edit(parameters, `language.${layer}.mlp.out.kernel`, (output) => {
      for (const [index, { gate, factor, silent, outputs }] of products.entries()) {
        for (const [unit, sign] of [
          [2 * index, 1],
          [2 * index + 1, -1],
        ] as const) {
          input.scaleColumns(unit, 1, 0);
          input.scaleColumns(inner + unit, 1, 0);
          output.scaleRows(unit, 1, 0);
          input.add(gate, unit, sign);
          for (const mark of silent) input.add(mark, unit, -SILENCE);
          input.add(factor, inner + unit, sign);
          for (const [to, weight] of outputs) output.add(unit, to, weight);
        }
      }
    });
  });
}
