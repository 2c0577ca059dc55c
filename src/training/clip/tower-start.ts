/**
 * What the layers of a CLIP's towers begin with: the deviations of the original (width^-1/2 and what follows from it), which for
 * narrow towers are several times the 0.02 that larger models begin with; and queries that equal the keys, so that every
 * token first looks at those like it, near ones of its own colour above all (after arXiv 2305.09828).
 */
import { createRandom, type Random } from '../../core/random.js';
import type { Parameters } from '../../model/network/parameters.js';
import { edit } from '../model-start/edit-parameter.js';
import type { ClipConfig } from './clip-config.js';

/** Deviation of queries and keys relative to the original's: equal ones agree by themselves, and need less to be sharp. */
const ALIKE = 0.7;

/** Draws the layers of both towers anew; the same seed gives the same. */
export function startTowers(parameters: Parameters, { vision, text }: ClipConfig, seed: number): void {
  for (const [name, tower] of Object.entries({ vision, text })) {
    const random = createRandom(seed, `${name} tower`);
    const { hiddenSize: width, layers } = tower;
    const inner = width ** -0.5;
    const added = inner * (2 * layers) ** -0.5;
    for (let layer = 0; layer < layers; layer++) {
      const draw = (kernel: string, deviation: (column: number) => number): void =>
        edit(parameters, `${name}.${layer}.${kernel}.kernel`, ({ data, columns }) => {
          for (let at = 0; at < data.length; at++) data[at] = deviation(at % columns) * normal(random);
        });
      draw('attention.in', (column) => (column < 2 * width ? ALIKE * inner : inner));
      edit(parameters, `${name}.${layer}.attention.in.kernel`, ({ data, columns }) => {
        for (let row = 0; row < width; row++)
          data.copyWithin(row * columns + width, row * columns, row * columns + width);
      });
      draw('attention.out', () => added);
      draw('mlp.in', () => (2 * width) ** -0.5);
      draw('mlp.out', () => added);
    }
  }
}

/** A normal number, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
