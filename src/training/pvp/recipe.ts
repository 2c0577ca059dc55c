/** The recipe of a pre-training run: configs/training/pvp-*.yaml, checked. */
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { ratesSchema, readRecipeFile } from '../recipe.js';
import { KEPT_PARTS } from '../start/kept-weights.js';
import { startSchema } from '../start/settings.js';

const share = z.number().min(0);
const count = z.int().positive();
/** As in src/model; their order is that of the network. */
const part = z.enum(['vision', 'projector', 'language']);

const stageSchema = z.strictObject({
  /** Shown in progress and tables. */
  name: z.string().regex(/^[a-z][a-z-]*$/, 'small letters and hyphens'),
  steps: count,
  /** The parts that change; the others stay bit for bit. */
  learning: z.array(part).min(1),
  /** Weights of the language model that stay too: by which its start reads pixels, or names of instructions. */
  keeps: z.array(z.enum(KEPT_PARTS)).default([]),
  /** Instead of the optimizer's, in this stage. */
  rates: ratesSchema.optional(),
  /** How often each task is chosen for a picture, relative to the others. */
  tasks: z.strictObject({
    pixels: share,
    captions: share,
    questions: share,
    boxes: share,
    /**
     * The projector's output against the content of every patch: the pixels of a whole picture at once, before any
     * text.
     */
    content: share.exactOptional(),
    /** Of drawn scenes, besides, what lies in each patch, for a start that knows things. */
    things: share.exactOptional(),
    /** A box is told, and what is in it is asked for. */
    namings: share.exactOptional(),
    /** Made-up games: instructions whose names and meaning change from telling to telling. */
    instructions: share.exactOptional(),
  }),
  /** Weight of an answer token of the other tasks; one of a colour's has 1, and there are many more of those. */
  language_weight: z.number().positive().default(8),
  /** Weight with which the end of each line of a made-up game is judged true or false; 0 for not at all. */
  judging_weight: share.default(0),
  /** Draws of the questions, expressions or captions about one scene; a scene costs as much as a dozen questions. */
  asks: count.default(1),
  /** Pictures a step. */
  pictures: count,
  /** Pixel queries behind a picture. */
  queries: count,
  /**
   * Standard deviation, in steps of 255, of the colours around the right one that share its probability: at the
   * stage's begin and end. 0 asks for the right one alone.
   */
  blur: z.tuple([share, share]).default([0, 0]),
  /** How hard scenes are, 0 to 1, at the stage's begin and end. */
  difficulty: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).default([1, 1]),
});

const recipeSchema = z.strictObject({
  /** Pictures, places and tasks of every step follow from it. */
  seed: z.int().nonnegative(),
  /** What training begins with: a checkpoint, or a new network around the encoder of a CLIP. */
  start: z.union([z.strictObject({ checkpoint: z.string() }), startSchema]),
  /** Kinds of pictures, relative to each other. */
  images: z.strictObject({ photographs: share, scenes: share, games: share }),
  /** Folders of the user's own photographs, for training alone. */
  folders: z.array(z.string()).default([]),
  optimizer: z.strictObject({
    /** Learning rate after the warm-up. */
    peak: z.number().positive(),
    warmup: z.int().nonnegative(),
    /** What reads must not move faster than what it reads is learnt. */
    rates: ratesSchema.optional(),
    /** Where the cosine ends, as a part of the peak. */
    floor: z.number().min(0).max(1),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.95),
    weight_decay: z.number().min(0).default(0.1),
    max_norm: z.number().positive().default(1),
  }),
  stages: z.array(stageSchema).min(1),
  /** Held-out error while training. */
  validation: z.strictObject({
    /** Steps between two measurements. */
    every: count,
    /** Pictures of each kind. */
    pictures: count,
    /** Pixels of each picture. */
    pixels: count,
    /** Questions and boxes, by default none. */
    questions: z.int().nonnegative().default(0),
  }),
  /** Minutes between two saved states. */
  checkpoint_minutes: z.number().positive().default(5),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type Stage = Recipe['stages'][number];

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export function readRecipe(path: string): Promise<Recipe> {
  return readRecipeFile(path, {
    schema: recipeSchema,
    example: 'configs/training/pvp-mini.yaml',
    manual: 'docs/training.md',
  });
}

/** A stage, and where a step lies in it. */
export interface StagePosition {
  readonly stage: Stage;
  readonly index: number;
  /** From 0 at the stage's first step towards 1. */
  readonly progress: number;
}

/** Steps of all stages together. */
export function totalSteps({ stages }: Recipe): number {
  return stages.reduce((sum, { steps }) => sum + steps, 0);
}

/** The stage of step `step`, counted from 0. Steps beyond the end belong to the last stage. */
export function stageAt({ stages }: Recipe, step: number): StagePosition {
  let first = 0;
  for (const [index, stage] of stages.entries()) {
    if (step < first + stage.steps || index === stages.length - 1) {
      return { stage, index, progress: Math.min((step - first) / stage.steps, 1) };
    }
    first += stage.steps;
  }
  throw new AgentError('internal', 'A recipe has no stages');
}

/** The recipe of `frozen`: the same in everything, but the vision encoder never learns. */
export function withFrozenEncoder(recipe: Recipe): Recipe {
  const stages = recipe.stages.map((stage) => ({
    ...stage,
    learning: stage.learning.filter((name) => name !== 'vision'),
  }));
  return { ...recipe, stages };
}
