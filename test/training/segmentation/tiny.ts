/** A recipe of a few steps on a network of a few thousand numbers, with drawn scenes alone. */
import type { BatchStream } from '../../../src/training/batch-stream.js';
import type { SegmentationRecipe } from '../../../src/training/segmentation/index.js';
import { stepBatches } from '../../../src/training/segmentation/step-batches.js';
import { openSegmentationTools } from '../../../src/training/segmentation/tools.js';

export const tinySegmentation: SegmentationRecipe = {
  seed: 5,
  sets: { scenes: 1 },
  steps: 4,
  pictures: 3,
  queries: 9,
  boxes: 0.4,
  box_weight: 4,
  learning: ['projector', 'language'],
  keeps: [],
  optimizer: { peak: 0.01, warmup: 2, floor: 0.1, weight_decay: 0.01 },
  validation: { every: 100, expressions: 2 },
  checkpoint_minutes: 60,
};

/** Batches made in this thread. */
export async function segmentationBatchesHere(recipe: SegmentationRecipe, folder: string): Promise<BatchStream> {
  const tools = await openSegmentationTools(recipe, folder);
  return { next: (step) => stepBatches(recipe, step, tools), [Symbol.asyncDispose]: async () => {} };
}
