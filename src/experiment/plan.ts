/** What an experiment consists of: its jobs, in the order in which they are done, and what each is told. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { formatSeeds, parseSeeds } from '../evaluation/index.js';
import type { PlayRecipe } from '../training/play/recipe.js';
import { type Demonstrator, type ExperimentConfig, type ExperimentGame, trainable } from './config.js';

/** A game as the plan needs to know it. */
export interface PlannedGame {
  readonly name: string;
  readonly isSighted: boolean;
}

/** Who shows a game, and what is learnt from it. */
export interface Lesson {
  /** Name in tables; the config names it or its file. */
  readonly game: string;
  readonly demonstrator: string;
  readonly budgets: readonly number[];
  readonly trainingSeeds: readonly number[];
  readonly reach: readonly number[];
}

interface JobBase {
  readonly game: string;
  readonly demonstrator: string;
  /** Below the experiment's folder; what is there is this job's alone. */
  readonly folder: string;
}

/** The largest budget's episodes, once for all. */
export interface CollectJob extends JobBase {
  readonly kind: 'collect';
  readonly policy: string;
  readonly noise: number;
  readonly seeds: readonly number[];
}

/** The demonstrator itself on the evaluation's seeds, without noise. */
export interface ReferenceJob extends JobBase {
  readonly kind: 'reference';
  readonly policy: string;
}

/** One training and its evaluation. */
export interface TrainingJob extends JobBase {
  readonly kind: 'training';
  readonly model: string;
  readonly budget: number;
  readonly trainingSeed: number;
  readonly updates: number;
  /** Of `agent train play`, as YAML. */
  readonly recipe: string;
  /** Of the evaluation: the game asks for sights, and the model did not learn to tell them. */
  readonly isBlind: boolean;
  /** Folder of the job that it learns from. */
  readonly demonstrations: string;
}

export type Job = CollectJob | ReferenceJob | TrainingJob;

export interface Plan {
  readonly lessons: readonly Lesson[];
  readonly jobs: readonly Job[];
}

/** Updates on a budget of demonstrations: one rule for all. At least one. */
export function updatesOf({ at, count, power }: ExperimentGame['updates'], budget: number): number {
  return Math.max(1, Math.round(count * (budget / at) ** power));
}

/**
 * All jobs: of each demonstrator what it shows and how it plays itself, then a whole grid with the first training seed,
 * models side by side, then with the next one. Throws nothing: the config was checked.
 * @param games of the config, in its order.
 */
export function planExperiment(config: ExperimentConfig, games: readonly PlannedGame[]): Plan {
  const lessons: Lesson[] = [];
  const [shown, trained]: [Job[], Job[]] = [[], []];
  for (const [index, own] of config.games.entries()) {
    const game = games[index] as PlannedGame;
    for (const demonstrator of own.demonstrators) {
      const lesson: Lesson = {
        game: game.name,
        demonstrator: demonstrator.name,
        budgets: demonstrator.budgets ?? own.budgets,
        trainingSeeds: demonstrator.training_seeds ?? config.training_seeds,
        reach: own.reach,
      };
      lessons.push(lesson);
      const showing = showingJobs(lesson, demonstrator);
      shown.push(...showing);
      const [{ folder }] = showing;
      trained.push(...trainingJobs(config, own, { lesson, demonstrator, game, demonstrations: folder }));
    }
  }
  return { lessons, jobs: [...shown, ...trained] };
}

function showingJobs(lesson: Lesson, { policy, noise, seeds }: Demonstrator): [CollectJob, ReferenceJob] {
  const { game, demonstrator, budgets } = lesson;
  const all = trainable(seeds).slice(0, budgets.at(-1));
  const folder = (kind: string): string => join(kind, game, demonstrator);
  return [
    { kind: 'collect', game, demonstrator, folder: folder('demonstrations'), policy, noise, seeds: all },
    { kind: 'reference', game, demonstrator, folder: folder('references'), policy },
  ];
}

interface Taught {
  readonly lesson: Lesson;
  readonly demonstrator: Demonstrator;
  readonly game: PlannedGame;
  readonly demonstrations: string;
}

function trainingJobs(config: ExperimentConfig, own: ExperimentGame, taught: Taught): TrainingJob[] {
  const { lesson, demonstrator, game, demonstrations } = taught;
  const names = { game: lesson.game, demonstrator: lesson.demonstrator };
  return lesson.trainingSeeds.flatMap((trainingSeed) =>
    lesson.budgets.flatMap((budget) => {
      const updates = updatesOf(own.updates, budget);
      const recipe = stringify(recipeOf(own, demonstrator, { seed: trainingSeed, budget, updates }));
      return Object.keys(config.models).map(
        (model): TrainingJob => ({
          ...{ kind: 'training', ...names, model, budget, trainingSeed, updates, recipe, demonstrations },
          folder: join('trainings', lesson.game, lesson.demonstrator, model, `${budget}-episodes-seed-${trainingSeed}`),
          isBlind: game.isSighted && demonstrator.lessons === undefined,
        }),
      );
    }),
  );
}

interface Cell {
  readonly seed: number;
  readonly budget: number;
  readonly updates: number;
}

/** Demonstrations alone: no rounds, nothing held out, the default parts learn, which leave the encoder as it is. */
function recipeOf({ game, training }: ExperimentGame, { noise, lessons }: Demonstrator, cell: Cell): object {
  const { seed, budget, updates } = cell;
  const recipe: Partial<Omit<PlayRecipe, 'games' | 'held_out'>> = {
    seed,
    steps: [updates],
    ...(lessons ? { lessons } : {}),
    ...training,
  };
  return { ...recipe, games: [{ game, demonstrations: { episodes: budget, noise } }], held_out: { episodes: 0 } };
}

/** A command line for each part of a job, in order. `at` makes absolute what is named below the experiment's folder. */
export function commandsOf(
  job: Job,
  { config, game, at }: { readonly config: ExperimentConfig; readonly game: string; at(path: string): string },
): string[][] {
  const limit = config.max_decisions === undefined ? [] : ['--max-decisions', String(config.max_decisions)];
  const own = (name: string): string => at(join(job.folder, name));
  const evaluate = (policy: string, ways: readonly string[]): string[] => [
    ...['eval', '--game', game, '--policy', policy, '--seeds', formatSeeds(parseSeeds(config.seeds))],
    ...['--out', own('evaluation'), '--processes', '1', ...limit, ...ways],
  ];
  if (job.kind === 'reference') return [evaluate(`${job.demonstrator}=${job.policy}`, [])];
  if (job.kind === 'collect') {
    const { policy, noise, seeds } = job;
    const collect = ['collect', '--game', game, '--policy', policy, '--noise', String(noise), '--exact'];
    return [[...collect, '--seeds', formatSeeds(seeds), '--out', own('dataset'), '--processes', '1', ...limit]];
  }
  const train = [
    ...['train', 'play', '--config', own('recipe.yaml'), '--init', config.models[job.model] as string],
    ...['--demonstrations', at(join(job.demonstrations, 'dataset')), '--first-episodes', String(job.budget)],
    ...['--out', own('training'), '--threads', '1', '--processes', '1', '--parallel', '1'],
  ];
  const player = `${job.model}=pae-lamm:${own(join('training', 'model'))}`;
  return [train, evaluate(player, job.isBlind ? ['--play', 'sights=off'] : [])];
}
