/** `agent train expert`: reinforcement learning of an expert, in Python, with checkpoints to go on from. */
import { join, relative, resolve } from 'node:path';
import { Option } from 'commander';
import { projectPaths } from '../../core/project-paths.js';
import { seed, wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';
import { openTrainingGame } from '../shared/training-game.js';

const EXAMPLES = `
Examples:
  $ agent train expert --game carracing
  $ agent train expert --game carracing --resume --total-decisions 2000000
  $ agent expert export --run runs/expert-carracing --out models/expert-mine

Ctrl-C writes a checkpoint; --resume goes on from it. A run's folder holds a TensorBoard log. docs/experts.md`;

interface TrainExpertOptions {
  readonly game: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly totalDecisions?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly threads?: number;
  readonly precision?: string;
  readonly checkpointSeconds?: number;
  readonly evaluateEvery?: number;
}

/** Options that Python takes under the same name. */
const PASSED_ON = ['totalDecisions', 'seed', 'workers', 'threads', 'precision', 'checkpointSeconds', 'evaluateEvery'];

export const registerTrainExpert: Register = (group, context) => {
  group
    .command('expert')
    .description('train a reinforcement-learning expert (needs `agent setup --train`: PyTorch, 6 GB)')
    .requiredOption('-g, --game <game>', 'a game that has a recipe')
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the run (default: runs/expert-GAME)', TRAINING))
    .option('--resume', "go on from the run's checkpoint")
    .option(
      '--total-decisions <n>',
      "decisions planned; rates fall over these (default: the recipe's)",
      wholeNumber(1, 1e9),
    )
    .option('-s, --seed <n>', 'seed of the run', seed)
    .option('--workers <n>', 'processes that host the games; 0: the one that learns', wholeNumber(0, 256))
    .option('--threads <n>', 'threads of the network', wholeNumber(1, 256))
    .addOption(
      new Option('--precision <type>', 'of the products while learning').choices(['auto', 'float32', 'bfloat16']),
    )
    .option('--checkpoint-seconds <n>', 'time between checkpoints', wholeNumber(1, 86_400))
    .option('--evaluate-every <n>', 'decisions between evaluations on held-out seeds', wholeNumber(1, 1e9))
    .addHelpText('after', EXAMPLES)
    .action((options: TrainExpertOptions) => trainExpert(options, context));
};

async function trainExpert(options: TrainExpertOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const game = await openTrainingGame(options.game);
  const run = resolve(options.out ?? join(projectPaths.runs, `expert-${game.name}`));
  const { withSettingsFile } = await import('../../training/game-settings.js');
  const { runTraining } = await import('../../training/python-process.js');
  using interrupt = listenForInterrupt(() => output.note('stopping; the checkpoint is being written …'));
  try {
    const { result, wasStopped } = await withSettingsFile(game, (file) =>
      runTraining(['train', '--game', file, '--out', run, ...passedOn(options)], {
        signal: interrupt.signal,
        onLine: (line) => output.note(line),
      }),
    );
    const fromHere = relative(process.cwd(), run);
    const shown = fromHere.startsWith('..') ? run : fromHere;
    output.result({ run, wasStopped, ...result });
    output.print(`${wasStopped ? 'stopped' : 'done'} at ${result.decisions} decisions  run ${shown}`);
    if (wasStopped) {
      output.note(`go on with: agent train expert --game ${game.name} --resume --out ${shown}`);
      context.setExitCode(interrupt.exitCode ?? 1);
    } else output.note(`make an expert of it with: agent expert export --run ${shown} --out FOLDER`);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function passedOn(options: TrainExpertOptions): string[] {
  const given = Object.entries(options).filter(([name]) => PASSED_ON.includes(name));
  const words = given.flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
    `${value}`,
  ]);
  return options.resume ? [...words, '--resume'] : words;
}
