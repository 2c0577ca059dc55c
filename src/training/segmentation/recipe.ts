/** The recipe of a run that learns referring segmentation: configs/training/segment-*.yaml, checked. */
import { z } from 'zod';
import { ratesSchema, readRecipeFile } from '../recipe.js';
import { KEPT_PARTS } from '../start/kept-weights.js';

const share = z.number().min(0).max(1);
const count = z.int().positive();

const recipeSchema = z.strictObject({
  /** Expressions and places of every step follow from it. */
  seed: z.int().nonnegative(),
  /** How often each set is taken, relative to the others: `scenes`, `cutouts`, `games`, or the path of a refs file. */
  sets: z.record(z.string(), z.number().positive()).refine((sets) => Object.keys(sets).length > 0, 'at least one set'),
  /** Folder of COCO's photographs, for files of refs. */
  images: z.string().exactOptional(),
  steps: count,
  /** Pictures a step. */
  pictures: count,
  /** Pixels asked of a picture. */
  queries: count,
  /** The part of the pictures whose box is asked for instead. */
  boxes: share,
  /** Weight of a token of a box; one of a mask has 1, and there are many more of those. */
  box_weight: z.number().positive().default(8),
  /** The parts that change; the others stay bit for bit. */
  learning: z.array(z.enum(['vision', 'projector', 'language'])).min(1),
  /** Weights of the language model that stay too, as in the recipes of pre-training. */
  keeps: z.array(z.enum(KEPT_PARTS)).default([]),
  optimizer: z.strictObject({
    /** Learning rate after the warm-up. */
    peak: z.number().positive(),
    warmup: z.int().nonnegative(),
    rates: ratesSchema.exactOptional(),
    /** Where the cosine ends, as a part of the peak. */
    floor: share,
    weight_decay: z.number().min(0).default(0.01),
  }),
  /** Held-out cIoU while training. */
  validation: z.strictObject({
    /** Steps between two measurements. */
    every: count,
    /** Expressions of each set. */
    expressions: count,
  }),
  /** Minutes between two saved states. */
  checkpoint_minutes: z.number().positive().default(5),
});

export type SegmentationRecipe = z.infer<typeof recipeSchema>;

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export function readSegmentationRecipe(path: string): Promise<SegmentationRecipe> {
  return readRecipeFile(path, {
    schema: recipeSchema,
    example: 'configs/training/segment-mini.yaml',
    manual: 'docs/segmentation.md',
  });
}
