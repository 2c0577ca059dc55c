/** What a stage of training leaves of a decoder as it began, by the name that a recipe gives it. */
import type { Network } from '../../model/network/network.js';
import { keepReading } from './code/reading-weights.js';
import { keepInstructions } from './instructions/kept-weights.js';
import { Keeping, type Kept } from './keeping.js';
import { keepRecall } from './recall/kept-weights.js';

const KEEP = { pixels: keepReading, instructions: keepInstructions, recall: keepRecall } as const;

export const KEPT_PARTS = Object.keys(KEEP) as (keyof typeof KEEP)[];
export type KeptPart = keyof typeof KEEP;

/** The weights of these parts. Throws `config` for a network that has no room for one of them. */
export function keptWeights(network: Network, parts: readonly KeptPart[]): Kept {
  const keeping = new Keeping(network.parameters);
  for (const part of parts) KEEP[part](network, keeping);
  return keeping.masks;
}
