/**
 * Which seeds are for what. They stand once, in configs/seeds.json, which Python reads too
 * (envs/python/agent_training/seeds.py): ranges of first and last seed that follow upon each other without a gap.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { projectPaths } from './project-paths.js';
import { readTextSync } from './read-file.js';

const range = z.tuple([z.int().nonnegative(), z.int().nonnegative()]).transform(([from, to]) => ({ from, to }));

const schema = z
  .strictObject({ training: range, validation: range, test: range, evaluation: range })
  .refine((ranges) => {
    const all = Object.values(ranges);
    return all.every(({ from, to }, i) => from === (all[i - 1]?.to ?? -1) + 1 && from <= to);
  }, 'each range of seeds begins behind the one before');

/** Both ends belong to a range. Validation chooses between checkpoints, test compares implementations and models. */
export const SEEDS = schema.parse(JSON.parse(readTextSync(join(projectPaths.configs, 'seeds.json'))));

/** Seeds from here on are for evaluation; a model never learns from them. */
export const FIRST_EVALUATION_SEED = SEEDS.evaluation.from;
