/** Everything that makes batches, opened from what a worker thread can be told: the recipe and the model's folder. */

import { AgentError } from '../../core/errors.js';
import { readModelConfig } from '../../model/config/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { Tokenizer } from '../../model/text/index.js';
import { PatchContent } from '../start/patch-content.js';
import { RowBuilder } from '../tasks/row-builder.js';
import { openPictures } from './pictures.js';
import type { Recipe } from './recipe.js';
import type { BatchTools } from './step-batches.js';

/** @param folder of the checkpoint that is trained: its tokenizer and preprocessing are used. */
export async function openBatchTools(recipe: Recipe, folder: string): Promise<BatchTools> {
  const { image, text } = await readModelConfig(folder);
  if (!image) {
    throw new AgentError('usage', 'pixels cannot be shown to a language model alone', {
      expected: 'a checkpoint with a vision tower',
      where: folder,
    });
  }
  const [tokenizer, processing, pictures] = await Promise.all([
    Tokenizer.load(folder),
    readImageProcessing(folder),
    openPictures(recipe, image.vision.imageSize),
  ]);
  const isContentTold = recipe.stages.some(({ tasks }) => (tasks.content ?? 0) + (tasks.things ?? 0) > 0);
  const content = isContentTold ? { content: new PatchContent({ text, image }) } : {};
  return { rows: new RowBuilder(tokenizer, image), processing, pictures, ...content };
}
