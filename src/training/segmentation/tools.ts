/** Everything that makes batches, opened from what a worker thread can be told: the recipe and the model's folder. */
import { AgentError } from '../../core/errors.js';
import { readModelConfig } from '../../model/config/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { Tokenizer } from '../../model/text/index.js';
import { RowBuilder } from '../tasks/row-builder.js';
import { MASK_ANSWERS } from '../tasks/segmentation.js';
import type { SegmentationRecipe } from './recipe.js';
import type { ReferringSet } from './referring-set.js';
import { openReferringSet } from './sets/open.js';
import type { SegmentationTools } from './step-batches.js';

/** @param folder of the checkpoint that is trained: its tokenizer and preprocessing are used. */
export async function openSegmentationTools(recipe: SegmentationRecipe, folder: string): Promise<SegmentationTools> {
  const { image } = await readModelConfig(folder);
  if (!image) {
    throw new AgentError('usage', 'a language model alone sees no pixels', {
      expected: 'a checkpoint with a vision tower',
      where: folder,
    });
  }
  const side = image.vision.imageSize;
  const [tokenizer, processing] = await Promise.all([Tokenizer.load(folder), readImageProcessing(folder)]);
  requireMaskTokens(tokenizer, folder);
  const sets: { set: ReferringSet; weight: number }[] = [];
  for (const [name, weight] of Object.entries(recipe.sets)) {
    const set = await openReferringSet(name, { side, seed: recipe.seed, images: recipe.images });
    if (set.size('train') === 0) throw noPictures(name);
    sets.push({ set, weight });
  }
  return { rows: new RowBuilder(tokenizer, image), processing, side, sets };
}

/** Throws `checkpoint` where the two answers are not one token each: what is compared behind a place is one token. */
export function requireMaskTokens(tokenizer: Tokenizer, where: string): void {
  const lengths = MASK_ANSWERS.map((answer) => tokenizer.encode(answer).length);
  if (lengths.every((length) => length === 1)) return;
  throw new AgentError('checkpoint', 'the tokenizer cuts the answers of masks into pieces', {
    expected: `one token each for ${MASK_ANSWERS.join(' and ')}`,
    got: `${lengths.join(' and ')} tokens`,
    where,
  });
}

function noPictures(name: string): AgentError {
  return new AgentError('setup', `the set ${name} has nothing to train on`, {
    expected: 'expressions of the split train',
    next: 'agent setup --photographs fetches the cut-outs',
  });
}
