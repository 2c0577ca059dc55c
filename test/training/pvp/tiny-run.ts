/** A recipe of three stages of a few steps on a network of a few thousand numbers, with drawn scenes alone. */
import { createHash } from 'node:crypto';
import { openCheckpoint } from '../../../src/model/checkpoint/index.js';
import { readModelConfig } from '../../../src/model/config/index.js';
import type { TrainingBatch } from '../../../src/model/learning/index.js';
import { PARTS, type Part, parameterSpecs } from '../../../src/model/network/parameter-specs.js';
import type { BatchStream } from '../../../src/training/batch-stream.js';
import { openBatchTools } from '../../../src/training/pvp/batch-tools.js';
import type { Recipe } from '../../../src/training/pvp/index.js';
import { stepBatches } from '../../../src/training/pvp/step-batches.js';
import { makeStart } from '../../../src/training/start/make.js';

const start = {
  clip: { image_size: 24, patch_size: 8, hidden_size: 16, intermediate_size: 32, layers: 2, heads: 2 },
  seed: 3,
  vocabulary: 1500,
  feature_layer: -2,
  position_code: false,
  language: { hidden_size: 16, intermediate_size: 32, layers: 2, heads: 2, context: 512 },
};

const shared = {
  pictures: 3,
  queries: 9,
  asks: 2,
  blur: [2, 1],
  difficulty: [0, 1],
  language_weight: 4,
  judging_weight: 0,
} as const;
const pixelsAlone = { pixels: 1, captions: 0, questions: 0, boxes: 0 };

export const tinyRecipe: Recipe = {
  seed: 5,
  start,
  images: { photographs: 0, scenes: 1, games: 0 },
  folders: [],
  optimizer: { peak: 0.01, warmup: 2, floor: 0.1, beta1: 0.9, beta2: 0.95, weight_decay: 0.1, max_norm: 1 },
  stages: [
    {
      ...shared,
      keeps: [],
      name: 'align',
      steps: 2,
      learning: ['projector', 'language'],
      tasks: pixelsAlone,
      blur: [2, 1],
      difficulty: [0, 1],
    },
    {
      ...shared,
      keeps: [],
      name: 'adapt',
      steps: 2,
      learning: ['vision', 'projector', 'language'],
      tasks: pixelsAlone,
      blur: [1, 0],
      difficulty: [0, 1],
    },
    {
      ...shared,
      keeps: [],
      name: 'general',
      steps: 2,
      learning: ['projector', 'language'],
      rates: { vision: 1, projector: 0.5, language: 2 },
      tasks: { pixels: 1, captions: 1, questions: 1, boxes: 1 },
      blur: [0, 0],
      difficulty: [0, 1],
    },
  ],
  validation: { questions: 0, every: 100, pictures: 1, pixels: 5 },
  checkpoint_minutes: 60,
};

/** Makes the checkpoint that the tiny recipe begins with. */
export async function makeTinyStart(folder: string, language = start.language): Promise<void> {
  await makeStart({ ...start, language }, folder, () => Promise.reject(new Error('the tiny start fits nothing')));
}

/** Batches made in this thread; `seen` is told of each. */
export async function batchesHere(
  recipe: Recipe,
  folder: string,
  seen: (step: number, batches: readonly TrainingBatch[]) => void = () => {},
): Promise<BatchStream> {
  const tools = await openBatchTools(recipe, folder);
  return {
    next: async (step) => {
      const batches = stepBatches(recipe, step, tools);
      seen(step, batches);
      return batches;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A hash of all bytes of each part's tensors, by part. */
export async function partHashes(checkpoint: string): Promise<Record<Part, string>> {
  const specs = parameterSpecs(await readModelConfig(checkpoint));
  await using file = await openCheckpoint(checkpoint);
  const hashes = PARTS.map(async (part) => {
    const hash = createHash('sha256');
    for (const { tensor } of specs.filter((spec) => spec.part === part).flatMap(({ pieces }) => pieces)) {
      const { data } = await file.read(tensor);
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    return [part, hash.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes)) as Record<Part, string>;
}
