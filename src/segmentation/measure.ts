/** A model's masks of a set, one after another. */

import { boxAround, maskOfBox, type Overlap, overlapOfMasks } from '../training/masks/mask.js';
import { loadAnswerer } from '../training/pvp/index.js';
import { type ReferringSet, requireMaskTokens, segment } from '../training/segmentation/index.js';

/** How one expression was answered. */
export interface MeasuredExpression {
  readonly index: number;
  readonly origin: string;
  readonly expression: string;
  /** Of the answered mask and of the box alone, filled, with the true mask. */
  readonly mask: Overlap;
  readonly box: Overlap;
  /** Of the answered box with the smallest box around the truth. */
  readonly boxes: Overlap;
  readonly hasBox: boolean;
  readonly milliseconds: number;
}

/** A box with nothing in it. */
const NOWHERE = [0, 0, -1, -1] as const;

export interface MeasureOptions {
  readonly split: string;
  /** Expressions, from the first on; fewer where the set has fewer. */
  readonly count: number;
  readonly signal?: AbortSignal;
  readonly onExpression?: (done: number, of: number) => void;
}

/** Loads the checkpoint and asks it about the first expressions of a split. Rejects with `usage` for an empty split. */
export async function measureModel(
  folder: string,
  set: ReferringSet,
  options: MeasureOptions,
): Promise<MeasuredExpression[]> {
  const { split, count, signal, onExpression } = options;
  using answerer = await loadAnswerer(folder);
  requireMaskTokens(answerer.tokenizer, folder);
  const total = Math.min(count, set.size(split));
  const measured: MeasuredExpression[] = [];
  for (let index = 0; index < total; index++) {
    signal?.throwIfAborted();
    const { image, expression, mask, origin } = await set.at(split, index);
    const answer = await segment(answerer, image, expression, signal ? { signal } : {});
    const { height, width } = mask;
    const filled = maskOfBox(answer.box ?? NOWHERE, height, width);
    measured.push({
      ...{ index, origin, expression },
      mask: overlapOfMasks(mask, answer.mask),
      box: overlapOfMasks(mask, filled),
      boxes: overlapOfMasks(maskOfBox(boxAround(mask) ?? NOWHERE, height, width), filled),
      hasBox: answer.box !== null,
      milliseconds: answer.milliseconds,
    });
    onExpression?.(index + 1, total);
  }
  return measured;
}
