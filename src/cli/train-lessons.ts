/** `agent train lessons`: models learn Space Invaders side by side from the scripted teacher, in Python, on a GPU. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { AgentError } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { seed, wholeNumber } from './arguments.js';
import type { CommandContext, Register } from './context.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';

const EXAMPLES = `
Examples:
  $ agent train lessons --init models/pae-lamm-mini models/baseline-mini
  $ agent train lessons --init models/pae-lamm-mini --stages patches=20 picture=20 prompt=20 --batch 4 --games 4

Six minutes for two models on an H200; on two cores of a CPU take agent train play, which needs no PyTorch.
Ctrl-C keeps what the models have learnt. docs/training.md`;

/** The game that somebody wrote a teacher for. */
const GAME = 'spaceinvaders';
const TELLINGS = 400;

interface TrainLessonsOptions {
  readonly init: readonly string[];
  readonly out?: string;
  readonly stages?: readonly string[];
  readonly batch?: number;
  readonly games?: number;
  readonly workers?: number;
  readonly seed?: number;
}

export const registerTrainLessons: Register = (group, context) => {
  group
    .command('lessons')
    .description('teach models Space Invaders side by side, on a GPU (needs `agent setup --train`: PyTorch, 6 GB)')
    .requiredOption('--init <model...>', 'checkpoints to begin with: folders, or names of `agent models`')
    .option('-o, --out <folder>', `folder of the run (default: runs/lessons-${GAME})`)
    .option('--stages <name...>', 'of patches, picture and prompt, each with =UPDATES where not as usual')
    .option('--batch <n>', "decisions an update learns from (default: the stage's)", wholeNumber(1, 65_536))
    .option('--games <n>', 'games side by side (default: 96)', wholeNumber(2, 4096))
    .option('--workers <n>', 'processes that host the games (default: 14)', wholeNumber(1, 256))
    .option('-s, --seed <n>', 'seed of the run', seed)
    .addHelpText('after', EXAMPLES)
    .action((options: TrainLessonsOptions) => trainLessons(options, context));
};

async function trainLessons(options: TrainLessonsOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { findModel } = await import('../model/index.js');
  const { runTraining, requireTrainingPackages, LESSONS } = await import('../expert/training-process.js');
  const init = await Promise.all(options.init.map(findModel));
  const folder = resolve(options.out ?? join(projectPaths.runs, `lessons-${GAME}`));
  await requireTrainingPackages(LESSONS);
  using interrupt = listenForInterrupt(() => output.note('stopping; what was learnt is being written …'));
  try {
    const tellings = await writeTellings(init, folder);
    const args = ['--tellings', tellings, '--init', ...init, '--out', folder, ...passedOn(options)];
    const { result, wasStopped } = await runTraining(args, {
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

/** The tellings as a file of the run: the same ones for all models, or they could not be compared. */
async function writeTellings(init: readonly string[], folder: string): Promise<string> {
  const { loadGame } = await import('../agent/index.js');
  const { tellingsOf } = await import('../training/play/tellings.js');
  const game = loadGame(GAME);
  const texts: string[] = [];
  for (const model of init) texts.push(JSON.stringify(await tellingsOf(model, game, TELLINGS)));
  const other = texts.findIndex((text) => text !== texts[0]);
  if (other > 0) {
    throw new AgentError('usage', 'models that are taught side by side must read the same', {
      expected: `tokenizer, chat template and preprocessing of ${init[0]}`,
      got: 'others',
      where: init[other] as string,
      next: 'teach them one by one',
    });
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'tellings.json');
  await writeFile(file, texts[0] as string);
  return file;
}

function passedOn({ stages, batch, games, workers, seed }: TrainLessonsOptions): string[] {
  const numbers = Object.entries({ batch, games, workers, seed }).filter(([, value]) => value !== undefined);
  return [
    ...(stages === undefined ? [] : ['--stages', ...stages]),
    ...numbers.flatMap(([name, value]) => [`--${name}`, `${value}`]),
  ];
}
