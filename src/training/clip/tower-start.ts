/**
 * What the layers of a CLIP's towers begin with: the deviations of the original (width^-1/2 and what follows from it),
 * which for narrow towers are several times the 0.02 that larger models begin with. For pictures queries equal keys, so
 * that every patch first looks at those like it, near ones of its own colour above all (after arXiv 2305.09828). For
 * texts words are large, and the last token looks at all alike: where two texts that differ in a word begin with nearly
 * the same vector, nothing asks the pictures for the difference, and no text for what pictures do not tell.
 */
import { createRandom, type Random } from '../../core/random.js';
import type { Parameters } from '../../model/network/parameters.js';
import { edit } from '../start/edit-parameter.js';
import type { ClipConfig } from './config.js';

/**
 * Deviation of queries and keys relative to the original's: equal ones agree by themselves, and need less to be sharp.
 */
const ALIKE = 0.7;

/** The same for texts, where they are independent: little, so that attention is even. */
const EVEN = 0.2;
/** Deviation of the embeddings of words, several times that of their places. */
const WORDS = 0.1;

/** Draws the layers of both towers anew; the same seed gives the same. */
export function startTowers(parameters: Parameters, { vision, text }: ClipConfig, seed: number): void {
  edit(parameters, 'text.tokens', (words) => words.rescale(WORDS));
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
      const asked = name === 'vision' ? ALIKE : EVEN;
      draw('attention.in', (column) => (column < 2 * width ? asked * inner : inner));
      if (name === 'vision') keysAsQueries(parameters, `${name}.${layer}.attention.in.kernel`, width);
      draw('attention.out', () => added);
      draw('mlp.in', () => (2 * width) ** -0.5);
      draw('mlp.out', () => added);
    }
  }
}

function keysAsQueries(parameters: Parameters, kernel: string, width: number): void {
  edit(parameters, kernel, ({ data, columns }) => {
    for (let row = 0; row < data.length / columns; row++) {
      data.copyWithin(row * columns + width, row * columns, row * columns + width);
    }
  });
}

/** A normal number, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
