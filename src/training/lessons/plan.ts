/**
 * The one file that TypeScript hands to the trainer in Python (envs/python/agent_training/lessons): the recipe, the
 * game's settings, what the models are told as tokens, and where the patches' code lies. Python types none of it again.
 */
import { join } from 'node:path';
import type { Game } from '../../agent/index.js';
import { AgentError, makeFolder, writeFileAtomic } from '../../core/index.js';
import { type GameSettings, gameSettings } from '../game-settings.js';
import { CODE } from '../start/code/layout.js';
import type { LessonsRecipe } from './recipe.js';
import { type Tellings, tellingsOf } from './tellings.js';

export const PLAN_FILE = 'plan.json';

export interface PlannedGame extends GameSettings {
  /** Frames that a model is shown at once. */
  readonly frames: number;
}

export interface LessonsPlan {
  readonly recipe: LessonsRecipe;
  readonly game: PlannedGame;
  readonly tellings: Tellings;
  /** Where the code of patches begins in the decoder's hidden state: no text uses these values. */
  readonly patches_from: number;
}

/**
 * Writes the plan into the run's folder and gives the file's path.
 * @param init folders of the models that are taught side by side. Rejects with `usage` where they read
 * differently.
 */
export async function writePlan(
  recipe: LessonsRecipe,
  game: Game,
  init: readonly string[],
  folder: string,
): Promise<string> {
  const plan: LessonsPlan = {
    recipe,
    game: { ...gameSettings(game), frames: game.frames },
    tellings: await sameTellings(recipe, game, init),
    patches_from: CODE.content.start,
  };
  await makeFolder(folder);
  const file = join(folder, PLAN_FILE);
  await writeFileAtomic(file, JSON.stringify(plan));
  return file;
}

/** The same tellings for all models, or they could not be compared. */
async function sameTellings(recipe: LessonsRecipe, game: Game, init: readonly string[]): Promise<Tellings> {
  const told: Tellings[] = [];
  for (const model of init) told.push(await tellingsOf(model, game, recipe));
  const [first] = told as [Tellings, ...Tellings[]];
  const other = told.findIndex((one) => JSON.stringify(one) !== JSON.stringify(first));
  if (other <= 0) return first;
  throw new AgentError('usage', 'models that are taught side by side must read the same', {
    expected: `tokenizer, chat template and preprocessing of ${init[0]}`,
    got: 'others',
    where: init[other] as string,
    next: 'teach them one by one',
  });
}
