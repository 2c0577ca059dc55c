/** `agent train lessons`: models learn Space Invaders side by side from the scripted teacher, in Python, on a GPU. */
import { join, relative, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { LessonsRecipe } from '../../training/lessons/recipe.js';
import { seed, wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';

const EXAMPLES = `
Examples:
  $ agent train lessons --init models/pae-lamm-mini models/frozen-mini
  $ agent train lessons --init models/pae-lamm-mini --stages patches=20 picture=20 prompt=20 --batch 4 --games 4

Six minutes for two models on an H200. Ctrl-C keeps what the models have learnt. docs/training.md`;

interface TrainLessonsOptions {
  readonly init: readonly string[];
  readonly config: string;
  readonly out?: string;
  readonly stages?: readonly Part[];
  readonly batch?: number;
  readonly games?: number;
  readonly workers?: number;
  readonly seed?: number;
}

/** A stage by name, with another number of updates where one is given. */
interface Part {
  readonly name: string;
  readonly updates: number | undefined;
}

export const registerTrainLessons: Register = (group, context) => {
  group
    .command('lessons')
    .description('teach models Space Invaders side by side, on a GPU (needs `agent setup --train`: PyTorch, 6 GB)')
    .requiredOption('--init <model...>', 'checkpoints to begin with: folders, or names of `agent models`')
    .option('-c, --config <file>', 'the recipe', join(projectPaths.configs, 'training', 'lessons-spaceinvaders.yaml'))
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the run (default: runs/lessons-GAME)', TRAINING))
    .option('--stages <name...>', "of the recipe's, each with =UPDATES where not as it says", part)
    .option('--batch <n>', "decisions an update learns from (default: the stage's)", wholeNumber(1, 65_536))
    .option('--games <n>', "games side by side (default: the recipe's)", wholeNumber(2, 4096))
    .option('--workers <n>', "processes that host the games (default: the recipe's)", wholeNumber(1, 256))
    .option('-s, --seed <n>', "seed of the run (default: the recipe's)", seed)
    .addHelpText('after', EXAMPLES)
    .action((options: TrainLessonsOptions) => trainLessons(options, context));
};

function part(text: string, before: readonly Part[] = []): Part[] {
  const [name = '', updates] = text.split('=');
  if (updates !== undefined && !/^[1-9]\d{0,8}$/.test(updates)) {
    throw new InvalidArgumentError('expected NAME or NAME=UPDATES');
  }
  return [...before, { name, updates: updates === undefined ? undefined : Number(updates) }];
}

async function trainLessons(options: TrainLessonsOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { loadGame } = await import('../../agent/index.js');
  const { findModel } = await import('../../model/index.js');
  const { runTraining, requireTrainingPackages, LESSONS } = await import('../../training/python-process.js');
  const { readLessonsRecipe } = await import('../../training/lessons/recipe.js');
  const { writePlan } = await import('../../training/lessons/plan.js');
  const recipe = narrowed(await readLessonsRecipe(options.config), options);
  const game = loadGame(recipe.game);
  const init = await Promise.all(options.init.map(findModel));
  const folder = resolve(options.out ?? join(projectPaths.runs, `lessons-${game.name}`));
  await requireTrainingPackages(LESSONS);
  using interrupt = listenForInterrupt(() => output.note('stopping; what was learnt is being written …'));
  try {
    const plan = await writePlan(recipe, game, init, folder);
    const { result, wasStopped } = await runTraining(['--plan', plan, '--init', ...init, '--out', folder], {
      module: LESSONS,
      signal: interrupt.signal,
      onLine: (line) => output.note(line),
    });
    output.result({ run: folder, wasStopped, ...result });
    const fromHere = relative(process.cwd(), folder);
    output.print(`${wasStopped ? 'stopped' : 'done'}  run ${fromHere.startsWith('..') ? folder : fromHere}`);
    for (const model of result.models as string[]) output.print(`model ${model}`);
    if (wasStopped) context.setExitCode(interrupt.exitCode ?? 1);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** The recipe with what the command line says otherwise. Throws `usage` for a stage that it does not have. */
function narrowed(recipe: LessonsRecipe, { stages, batch, games, workers, seed }: TrainLessonsOptions): LessonsRecipe {
  const chosen = stages?.map(({ name, updates }) => {
    const stage = recipe.stages.find((one) => one.name === name);
    if (stage) return updates === undefined ? stage : { ...stage, updates };
    throw new AgentError('usage', `the recipe has no stage ${name}`, {
      expected: `one of ${recipe.stages.map((one) => one.name).join(', ')}`,
      got: name,
      where: '--stages',
    });
  });
  return {
    ...recipe,
    seed: seed ?? recipe.seed,
    games: { ...recipe.games, count: games ?? recipe.games.count, workers: workers ?? recipe.games.workers },
    stages: (chosen ?? recipe.stages).map((stage) => ({ ...stage, batch: batch ?? stage.batch })),
  };
}
