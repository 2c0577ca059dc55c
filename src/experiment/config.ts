/** configs/experiments/*.yaml: a grid of trainings and evaluations, checked. */
import { join } from 'node:path';
import { z } from 'zod';
import { configNames, loadNamedConfig } from '../core/named-config.js';
import { projectPaths } from '../core/project-paths.js';
import { FIRST_EVALUATION_SEED } from '../core/seeds.js';
import { splitOf } from '../datasets/index.js';
import { isSeedList, parseSeeds } from '../evaluation/index.js';
import { playRecipeSchema } from '../training/play/recipe.js';

const FOLDER = join(projectPaths.configs, 'experiments');
const MANUAL = 'docs/experiments.md';

const count = z.int().positive();
/** They become names of folders. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/, 'a name is of letters, digits, dots and dashes');
const seedList = z.string().refine(isSeedList, 'seeds are written like 150000..150049 or 3,5,100..109');
const trainingSeeds = z.array(z.int().nonnegative()).min(1).refine(areDifferent, 'each training seed once');
const budgets = z
  .array(count)
  .min(1)
  .refine((all) => all.every((budget, i) => budget > (all[i - 1] ?? 0)), 'budgets grow from one to the next');

const demonstratorSchema = z.strictObject({
  name,
  /** As `agent collect --policy`. */
  policy: z.string().trim().min(1),
  /** Part of the decisions at which chance acts; what is learnt from stays the demonstrator's. */
  noise: z.number().min(0).max(1).default(0),
  /** Of the demonstrations, in their order. Those that datasets keep for validation are left out. */
  seeds: seedList.refine(areForTraining, `seeds to train on lie below ${FIRST_EVALUATION_SEED}`),
  /** Instead of the experiment's. */
  training_seeds: trainingSeeds.exactOptional(),
  /** Instead of the game's. */
  budgets: budgets.exactOptional(),
  /** The game's scripted teacher labels, and tells what is to be seen. */
  lessons: playRecipeSchema.shape.lessons,
});

/** What `agent train play` is told as well; the encoder stays frozen, and nothing is chosen by score. */
const trainingSchema = playRecipeSchema.pick({
  batch: true,
  tellings: true,
  together: true,
  balance: true,
  instructions: true,
  optimizer: true,
  checkpoint_minutes: true,
});

const gameSchema = z
  .strictObject({
    /** A name of `agent games`, or the path of a YAML file. */
    game: z.string().min(1),
    demonstrators: z.array(demonstratorSchema).min(1),
    /** Episodes of demonstrations, ascending. */
    budgets,
    /** Of a budget b: round(count × (b / at) ^ power). */
    updates: z.strictObject({ at: count, count, power: z.number().min(0) }),
    /** Scores for which the table says how many demonstrations each model needs. */
    reach: z.array(z.number()).default([]),
    training: trainingSchema,
  })
  .superRefine(({ demonstrators, budgets: all }, context) => {
    for (const [index, { seeds, budgets: own = all }] of demonstrators.entries()) {
      const there = trainable(seeds).length;
      if (there >= (own.at(-1) as number)) continue;
      context.addIssue({
        code: 'custom',
        path: ['demonstrators', index, 'seeds'],
        message: `${there} seeds to train on for ${own.at(-1)} episodes; one in ten is kept for validation and left out`,
      });
    }
  });

export const experimentSchema = z
  .strictObject({
    name,
    /** Name in the table: a name of `agent models`, or a folder. */
    models: z.record(name, z.string().min(1)).refine((all) => Object.keys(all).length > 0, 'at least one model'),
    training_seeds: trainingSeeds,
    /** Of the evaluation, the same for every model. */
    seeds: seedList.refine(areForEvaluation, `seeds to evaluate on begin at ${FIRST_EVALUATION_SEED}`),
    /** Pairs of models; a difference is the later one's score minus the earlier one's. */
    compare: z.array(z.tuple([z.string(), z.string()])).default([]),
    /** Decisions after which every episode is stopped, demonstrations too: for a try. */
    max_decisions: count.exactOptional(),
    games: z.array(gameSchema).min(1),
  })
  .superRefine(({ models, compare }, context) => {
    const known = Object.keys(models);
    for (const [index, pair] of compare.entries()) {
      const unknown = pair.find((one) => !known.includes(one));
      if (unknown === undefined && pair[0] !== pair[1]) continue;
      const message = `two of the models ${known.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['compare', index], message });
    }
  });

export type ExperimentConfig = z.output<typeof experimentSchema>;
export type ExperimentGame = ExperimentConfig['games'][number];
export type Demonstrator = ExperimentGame['demonstrators'][number];

/** Names of the shipped ones. */
export const experimentNames = (): string[] => configNames(FOLDER);

/**
 * A shipped experiment by its name, or any by its path (with a slash, or ending in .yaml). Throws `usage` where there
 * is none, and `config` with every problem where it is wrong.
 */
export function loadExperiment(nameOrPath: string): ExperimentConfig {
  return loadNamedConfig(nameOrPath, { what: 'experiment', folder: FOLDER, schema: experimentSchema, manual: MANUAL });
}

/** Seeds of a list whose episodes are learnt from. */
export function trainable(seeds: string): number[] {
  return isSeedList(seeds) ? parseSeeds(seeds).filter((seed) => splitOf(seed) === 'train') : [];
}

function areForTraining(seeds: string): boolean {
  return !isSeedList(seeds) || parseSeeds(seeds).every((seed) => seed < FIRST_EVALUATION_SEED);
}

function areForEvaluation(seeds: string): boolean {
  return !isSeedList(seeds) || parseSeeds(seeds).every((seed) => seed >= FIRST_EVALUATION_SEED);
}

function areDifferent(values: readonly number[]): boolean {
  return new Set(values).size === values.length;
}
