/** The recipe of a contrastive training: configs/training/clip-*.yaml, checked. */
import { z } from 'zod';
import { activationSchema } from '../../model/config/activation.js';
import { readRecipeFile } from '../recipe.js';

const count = z.int().positive();
const share = z.number().min(0);
const fraction = z.number().min(0).max(1);

const tower = { hidden_size: count, intermediate_size: count, layers: count, heads: count };

const recipeSchema = z.strictObject({
  /** Parameters, pictures and everything drawn by lot follow from it. */
  seed: z.int().nonnegative(),
  /** A CLIP of the same towers to begin with instead of a new one. */
  checkpoint: z.string().optional(),
  vision: z.strictObject({
    ...tower,
    image_size: count,
    patch_size: count,
    /** Whether position embeddings begin with the code of rows and columns that location tokens use (model-start). */
    position_code: z.boolean().default(true),
  }),
  text: z.strictObject({
    ...tower,
    /** Longest caption, in tokens. */
    context: count,
    /** Tokens at most. */
    vocabulary: z.int().min(300),
  }),
  /**
   * What layers begin with: `small` random weights as a language model's, or those of CLIP with queries equal to keys.
   */
  initial: z.enum(['small', 'clip']).default('small'),
  /** Of both towers; `relu` costs a sixth less of a step than CLIP's own. */
  activation: activationSchema.default('quick_gelu'),
  /** Width of the common space. */
  projection: count,
  /** Kinds of pictures, relative to each other; all have captions. */
  images: z.strictObject({ scenes: share, contrasts: share.default(0), cutouts: share, games: share }),
  /** How hard scenes are, least and most. */
  difficulty: z.tuple([fraction, fraction]).default([0, 1]),
  /** Contrasting scenes begin with a difficulty and few colours; `until` this part of the steps they grow to all. */
  easy: z
    .strictObject({ difficulty: z.tuple([fraction, fraction]), colours: z.int().min(2).default(12), until: fraction })
    .default({ difficulty: [0, 1], colours: 12, until: 0 }),
  /** Pictures in a row that come from one source; contrasting scenes differ in one thing within a group. */
  group: count.default(1),
  /** Weight of the contrast of objects with captions of their own, relative to that of whole pictures. */
  regions: share.default(0),
  /** Pictures a step; each is told from all others. */
  batch: z.int().min(2),
  steps: count,
  /** Share of a picture's patches that is looked at, drawn anew each time: cheaper steps, more of them. */
  visible: z.number().gt(0).max(1).default(1),
  /** From this part of the steps on whole pictures are looked at. */
  whole_from: fraction.default(0),
  /**
   * From this part of the steps on texts learn. As long as pictures do not tell of a shape, learning makes the words
   * for all shapes the same, and then nothing asks the pictures for it; words that stay apart do.
   */
  text_from: fraction.default(0),
  optimizer: z.strictObject({
    peak: z.number().positive(),
    warmup: z.int().nonnegative(),
    floor: fraction,
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.98),
    weight_decay: z.number().min(0).default(0.1),
    max_norm: z.number().positive().default(1),
  }),
  /**
   * On held-out scenes: how often, in steps; retrieval among how many `pictures`; what a linear map that is fitted on
   * so many `scenes` reads in the encoder, 0 for nothing.
   */
  validation: z.strictObject({ every: count, pictures: z.int().min(2), scenes: z.int().nonnegative().default(0) }),
  checkpoint_minutes: z.number().positive().default(4),
});

export type ClipRecipe = z.infer<typeof recipeSchema>;

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export function readClipRecipe(path: string): Promise<ClipRecipe> {
  return readRecipeFile(path, {
    schema: recipeSchema,
    example: 'configs/training/clip-mini.yaml',
    manual: 'docs/training-data.md',
  });
}
