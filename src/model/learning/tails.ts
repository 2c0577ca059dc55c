/**
 * The loss of packed rows looks at the ends of branches alone, where the answers are. The last layer's attention and
 * MLP are computed for those tokens only; in play that is a handful of tokens in six hundred.
 */
import type { BatchLayout } from '../sequence/layout.js';

/** What the last layer is computed for. */
export interface ComputedTails {
  /** Rows of the embeddings, the last tokens of each branch; null where all tokens are computed. */
  readonly tails: readonly number[] | null;
  /** The hidden states that the loss needs, as rows of what is computed. */
  readonly needed: readonly number[];
}

/** @param needed rows of a batch's hidden states, as if all were computed. */
export function tailsFor({ batch, width, visibility }: BatchLayout, needed: readonly number[]): ComputedTails {
  if (visibility.kind === 'dense') return { tails: null, needed };
  const { prompt, branches, length } = visibility;
  const places = needed.map((row) => (row % width) - prompt);
  if (places.some((place) => place < 0)) return { tails: null, needed };
  const tail = length - Math.min(...places.map((place) => place % length));
  const tails: number[] = [];
  for (let row = 0; row < batch; row++) {
    for (let branch = 0; branch < branches; branch++) {
      const end = row * width + prompt + (branch + 1) * length;
      for (let token = end - tail; token < end; token++) tails.push(token);
    }
  }
  const placed = new Map(tails.map((row, index) => [row, index]));
  return { tails, needed: needed.map((row) => placed.get(row) as number) };
}
