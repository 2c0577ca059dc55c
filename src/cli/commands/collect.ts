/** `agent collect`: demonstrations of a game, by an expert or labelled by one. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { EnvironmentOptions, Game, Policy } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { CollectOptions } from '../../datasets/index.js';
import { parseShard, type Shard, seedsOfShard } from '../../evaluation/shard.js';
import { wholeNumber } from '../shared/arguments.js';
import { collectLine, tellCollected } from '../shared/collect-tell.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { addEnvironmentOptions, checkEnvironmentOptions } from '../shared/environment-options.js';
import { openGameView } from '../shared/game-view.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { DATASET, OutputFolder } from '../shared/output-options.js';
import { addQueueOptions, chosenCollectQueue, type QueueWords } from '../shared/queue-options.js';
import { parseSeeds, refuseEvaluationSeeds } from '../shared/seed-list.js';

const EXAMPLES = `
Examples:
  $ agent collect --game carracing --policy expert --episodes 100
  $ agent collect --game carracing --noise 0.1 --seeds 1000..1099 --out runs/datasets/noisy
  $ agent collect --game spaceinvaders --drive pae-lamm:DIR --label expert --episodes 50    DAgger
  $ agent collect --game carracing --episodes 1000 --shard 3/16 --out runs/datasets/part-3
  $ agent collect --game carracing --episodes 1000 --queue redis://queue.example:6379
  $ agent datasets info runs/datasets/carracing

Stopped or killed, the same command goes on where it was; with more episodes or seeds it adds them. docs/datasets.md`;

interface CollectCommandOptions extends EmulatorOptions, EnvironmentOptions, QueueWords {
  readonly game?: string;
  readonly policy: string;
  readonly drive?: string;
  readonly label?: string;
  readonly noise: number;
  readonly episodes?: number;
  readonly seeds?: string;
  readonly shard?: Shard;
  readonly forceEvaluationSeeds?: boolean;
  readonly out?: string;
  readonly parallel: number;
  readonly processes?: number;
  readonly maxDecisions?: number;
  readonly exact?: boolean;
}

export const registerCollect: Register = (program, context) => {
  const command = program
    .command('collect')
    .description('collect demonstrations of a game, to train on')
    .option('-g, --game <game>', 'a name of `agent games`, or the path of a YAML file')
    .option('-p, --policy <policy>', 'who acts and says what should be done', 'expert')
    .option('--drive <policy>', 'who acts, where that is another')
    .option('--label <policy>', 'who says what should be done, where that is another')
    .option('--noise <p>', 'probability of a random action instead, 0 to 1; the label stays', probability, 0)
    .option('-n, --episodes <n>', 'how many, from the first seed on', wholeNumber(1, 1_000_000))
    .option('--seeds <seeds>', "such as 0..99 or 1,5,10..19 (default: the game's training seeds)")
    .option('--shard <i/n>', 'only the I-th of N parts of the seeds, into a dataset of its own', parseShard)
    .option('--force-evaluation-seeds', 'take seeds that no model may be trained on')
    .addOption(new OutputFolder('-o, --out <folder>', 'the dataset (default: runs/datasets/GAME)', DATASET))
    .option('--parallel <n>', 'episodes at a time', wholeNumber(1, 1024), 16)
    .option('--processes <n>', 'emulator processes (default: one a core)', wholeNumber(1, 256))
    .option('--max-decisions <n>', 'stop an episode after so many decisions', wholeNumber(1, 10_000_000))
    .option('--exact', 'ask networks about each picture alone: the same bits whoever else plays; always with --queue')
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addQueueOptions(command, { mayDiffer: false });
  addEmulatorOptions(command).action((options: CollectCommandOptions) => collectCommand(options, context));
};

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('expected a number from 0 to 1');
  return value;
}

async function collectCommand(options: CollectCommandOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { createPolicy } = await import('../../players/index.js');
  const { fromVectorEnv, openGame, requireNeeds, requireSameActions, specOf, writtenGame } = await import(
    '../../agent/index.js'
  );
  const { makeVectorEnv } = await import('../../env-bridge/index.js');
  const { collect } = await import('../../datasets/index.js');
  const { programVersions } = await import('../../record/index.js');
  checkEnvironmentOptions(options, options.game);
  if (options.game === undefined && options.env === undefined) {
    throw new AgentError('usage', 'what shall be played?', { expected: '--game NAME or --env ID' });
  }
  using interrupt = listenForInterrupt(() => output.note('stopping; what is finished stays …'));
  const { signal } = interrupt;
  try {
    const game = await openGame(writtenGame(options), (own) => openEmulators(options, { signal: own }), signal);
    const all = await seedsOf(options, game);
    const seeds = options.shard === undefined ? all : seedsOfShard(all, options.shard);
    const most = Math.min(options.parallel, seeds.length);
    const isQueued = options.queue !== undefined;
    // With a queue only what is asked of the environments runs here.
    const processes = Math.min(options.processes ?? (isQueued ? 1 : availableParallelism()), most);
    output.live(`starting ${processes} emulators, loading who plays …`);
    await using emulators = await openEmulators(options, { signal, processes });
    const spec = await specOf(game.emulator, emulators, signal);
    requireSameActions(game, spec);
    requireNeeds('a dataset', ['pictures', 'named actions'], game, spec);
    const [drive, label] = [options.drive ?? options.policy, options.label ?? options.policy];
    await using view = await openGameView({ out: options.out }, output, signal);
    const { person } = view;
    const policyOf = (spec: string): Promise<Policy> => createPolicy(spec, { game, signal, person });
    await using driver = await policyOf(drive);
    await using other = drive === label ? undefined : await policyOf(label);
    const parallel = driver.isPaced || other?.isPaced ? 1 : most;
    const { env, ...settings } = game.emulator;
    const groups = await Promise.all(
      groupSizes(isQueued ? 0 : parallel).map(async (count) =>
        fromVectorEnv(await makeVectorEnv(env, { ...settings, emulators, signal, count })),
      ),
    );
    const call: CollectOptions = {
      folder: options.out ?? join(projectPaths.runs, 'datasets', game.name),
      game,
      driver,
      labeller: other ?? driver,
      noise: options.noise,
      seeds,
      groups,
      spec,
      isExact: options.exact === true || isQueued,
      ...(options.maxDecisions === undefined ? {} : { maxDecisions: options.maxDecisions }),
      versions: { ...(await programVersions()), ...emulators.versions },
      signal,
      onProgress: (progress) => output.progress(() => collectLine(progress)),
      onNote: (text) => output.note(text),
    };
    const elsewhere = chosenCollectQueue(options, { driver: drive, labeller: label }, emulators, output);
    const result = await collect(call, elsewhere);
    output.clearLive();
    await tellCollected(result, output);
    await view.over();
    if (result.wasCancelled) context.setExitCode(interrupt.exitCode ?? 1);
    else if (result.failures.length > 0) context.setExitCode(1);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** Two groups where there are episodes enough: one decides while the other's emulators work. None of nothing. */
function groupSizes(parallel: number): number[] {
  if (parallel === 0) return [];
  return parallel === 1 ? [1] : [Math.ceil(parallel / 2), Math.floor(parallel / 2)];
}

async function seedsOf(
  { episodes, seeds: text, forceEvaluationSeeds }: CollectCommandOptions,
  game: Game,
): Promise<number[]> {
  const { FIRST_EVALUATION_SEED } = await import('../../agent/index.js');
  if (episodes === undefined && text === undefined) {
    throw new AgentError('usage', 'how much shall be collected?', { expected: '--episodes N, --seeds A..B, or both' });
  }
  const { from, to } = game.seeds.training;
  const seeds = parseSeeds(text ?? `${from}..${to}`, episodes);
  if (!forceEvaluationSeeds) refuseEvaluationSeeds(seeds, FIRST_EVALUATION_SEED);
  if (episodes === undefined || seeds.length === episodes) return seeds;
  throw new AgentError('usage', 'there are fewer seeds than episodes', {
    expected: `${episodes} seeds`,
    got: String(seeds.length),
    where: '--seeds',
  });
}
