/** The recipe of `agent train lessons`: configs/training/lessons-*.yaml, checked. Python is handed all of it. */
import { z } from 'zod';
import { type RecipeKind, readRecipeFile } from '../recipe.js';

const share = z.number().min(0).max(1);
const count = z.int().positive();
const wavelengths = z.array(z.number().positive()).min(1);
const thing = z.strictObject({ weight: z.number().positive(), from_row: z.int().nonnegative() });

const stageSchema = z.strictObject({
  /** What is learnt from: what stands in each patch, the newest picture alone, or the prompt of play. */
  name: z.enum(['patches', 'picture', 'prompt']),
  updates: count,
  /** Decisions an update learns from. */
  batch: count,
  /** The highest learning rate, and what the projector's is multiplied by. */
  peak: z.number().positive(),
  projector: z.number().min(0),
  /** Drawn anew before the first update: the projector, or the decoder's layers behind the first with its head. */
  anew: z.enum(['projector', 'language']).exactOptional(),
  warmup: z.int().nonnegative().default(100),
  floor: share.default(0.05),
});

const recipeSchema = z.strictObject({
  seed: z.int().nonnegative(),
  /** A name of `agent games`, of a game that has a scripted teacher. */
  game: z.string().min(1),
  tellings: count,
  instructions: z.strictObject({ swapped: share, reordered: share }),
  games: z.strictObject({
    count,
    workers: count,
    most_decisions: count,
    /** Decisions, at most, that the teacher has played in a game before the first is learnt from. */
    most_ahead: z.int().nonnegative().default(0),
  }),
  memory: z.strictObject({ moments: count, first_moments: count, updates_a_moment: count }),
  teacher_share: share,
  noise: share,
  draw: z.strictObject({ balance: share, complete: share }),
  blur: z.array(z.number().min(0)),
  patches: z.strictObject({
    waves: z.strictObject({ x: wavelengths, y: wavelengths }),
    strength: z.number().positive(),
    place_weight: z.number().min(0),
    kinds: z.strictObject({ cannon: thing, bombs: thing, invaders: thing }),
  }),
  stages: z.array(stageSchema).min(1),
});

export type LessonsRecipe = z.output<typeof recipeSchema>;
export type StageName = LessonsRecipe['stages'][number]['name'];

const kind: RecipeKind<LessonsRecipe> = {
  schema: recipeSchema,
  example: 'configs/training/lessons-spaceinvaders.yaml',
  manual: 'docs/training.md',
};

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export function readLessonsRecipe(path: string): Promise<LessonsRecipe> {
  return readRecipeFile(path, kind);
}
