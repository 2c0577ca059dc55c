/** The recipe of learning to play: configs/training/play-*.yaml, checked. */
import { z } from 'zod';
import { SEEDS } from '../../core/seeds.js';
import { type RunIdentity, ratesSchema, readRecipeFile, runIdentity } from '../recipe.js';
import { KEPT_PARTS } from '../start/kept-weights.js';

const share = z.number().min(0).max(1);
const count = z.int().positive();

const gameSchema = z.strictObject({
  /** A name of `agent games`. */
  game: z.string().min(1),
  /** How often a sample is of this game, relative to the others. */
  share: z.number().positive().default(1),
  /** Episodes that the expert plays before training; in a part of the decisions chance acts, the expert says. */
  demonstrations: z.strictObject({ episodes: count, noise: share.default(0) }),
  /** Episodes that the model plays in a round while the expert says what it should do (DAgger). */
  round_episodes: z.int().nonnegative().default(0),
  /** Decisions after which an episode of a round is stopped; a model that learns little yet may never end one. */
  max_decisions: count.exactOptional(),
});

export const playRecipeSchema = z.strictObject({
  /** What is played and learned at every step follows from it. */
  seed: z.int().nonnegative(),
  games: z.array(gameSchema).min(1),
  /** Updates on the demonstrations, then after each round. As many rounds as there are numbers less one. */
  steps: z.array(count).min(1),
  /** The parts that learn; the others stay bit for bit. */
  learning: z
    .array(z.enum(['vision', 'projector', 'language']))
    .min(1)
    .default(['projector', 'language']),
  /**
   * Instead of the expert a scripted teacher plays and says what is right, with what is to be seen; for games that ask
   * for sights. `blur`: deviations of the targets of each sight, in its units.
   */
  lessons: z.strictObject({ blur: z.array(z.number().min(0)).default([]) }).exactOptional(),
  /** Decisions an update learns from. */
  batch: count,
  /** Instructions that an update tells, each of one game; the decisions are dealt out evenly among them. */
  tellings: count.default(1),
  /** Decisions that follow one another and are learnt from together: they share most of their pictures. */
  together: count.exactOptional(),
  /** Part of the samples that comes from the newest round; the rest from all that there is. */
  newest: share.default(0.5),
  /**
   * How evenly the labeller's actions are drawn: 0 takes every decision alike, 1 every action that it took as often as
   * the others, and between them an action is drawn as often as its count to the power of 1 - balance.
   */
  balance: share.default(0),
  /**
   * Variation of the prompt: part of the tellings in which two action names are swapped, in which the list is
   * reordered, and in which all names are drawn anew, so that reading is the only way.
   */
  instructions: z
    .strictObject({ swapped: share, reordered: share, renamed: share.exactOptional() })
    .default({ swapped: 0.1, reordered: 0.25 }),
  /**
   * The model learns to say what it wants to do, by the last word of an action's description, before it says what the
   * list calls that. `first`: updates in which only the second is learnt, of `tellings` prompts each; `beside`: such
   * prompts in every later update.
   */
  aims: z
    .strictObject({ first: z.int().nonnegative(), tellings: count, beside: z.int().nonnegative() })
    .exactOptional(),
  /** What stays as the model's start set it, of that which it learns with. */
  keeps: z.array(z.enum(KEPT_PARTS)).exactOptional(),
  optimizer: z.strictObject({
    peak: z.number().positive(),
    warmup: z.int().nonnegative(),
    floor: share,
    rates: ratesSchema.optional(),
    beta2: z.number().min(0).lt(1).default(0.98),
    weight_decay: z.number().min(0).default(0.01),
    max_norm: z.number().positive().default(1),
  }),
  /**
   * Episodes of each game played after every round, from a seed that is held out; with none nothing is asked either.
   */
  held_out: z.strictObject({
    episodes: z.int().nonnegative(),
    first_seed: z.int().min(SEEDS.validation.from).max(SEEDS.test.to).default(SEEDS.validation.from),
  }),
  checkpoint_minutes: z.number().positive().default(5),
});

/** The same, and what its fields must be to one another. */
const wholeRecipeSchema = playRecipeSchema.refine(
  ({ aims, steps }) => !aims || aims.first < steps.reduce((sum, length) => sum + length, 0),
  {
    path: ['aims', 'first'],
    error: 'there are no updates left in which the game itself is learnt: make it smaller than all `steps` together',
  },
);

export type PlayRecipe = z.output<typeof playRecipeSchema>;

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export function readPlayRecipe(path: string): Promise<PlayRecipe> {
  return readRecipeFile(path, {
    schema: wholeRecipeSchema,
    example: 'configs/training/play-carracing.yaml',
    manual: 'docs/training.md',
  });
}

/** Which round step `step` (counted from 0) belongs to: 0 is the demonstrations'. */
export function roundAt({ steps }: PlayRecipe, step: number): number {
  let end = 0;
  for (const [round, length] of steps.entries()) {
    end += length;
    if (step < end) return round;
  }
  return steps.length - 1;
}

/** Steps before a round's first. */
export function roundStart({ steps }: PlayRecipe, round: number): number {
  return steps.slice(0, round).reduce((sum, length) => sum + length, 0);
}

/** Training seeds of a round's episodes, none of them another round's. */
export function roundSeeds({ games }: PlayRecipe, index: number, round: number): number[] {
  const { demonstrations, round_episodes } = games[index] as PlayRecipe['games'][number];
  const before = round === 0 ? 0 : demonstrations.episodes + (round - 1) * round_episodes;
  const episodes = round === 0 ? demonstrations.episodes : round_episodes;
  return Array.from({ length: episodes }, (_, i) => before + i);
}

/**
 * What must be the same for a run to go on: the recipe but for how often it is looked at, and who begins and labels.
 */
export function playIdentity(
  { held_out: _, checkpoint_minutes: __, ...decisive }: PlayRecipe,
  others: object,
): RunIdentity {
  return runIdentity({ decisive, others });
}
