/**
 * `agent eval`: policies over many seeds, in a table that can be trusted and taken up again where it was broken off.
 */
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Clock, EnvironmentOptions } from '../../agent/index.js';
import { writeFileAtomic } from '../../core/index.js';
import type { EvaluationOptions as EvaluationCall, VideoChoice } from '../../evaluation/index.js';
import { parseShard, type Shard } from '../../evaluation/shard.js';
import { several, wholeNumber } from '../shared/arguments.js';
import { CLOCK_HELP, severalClocks } from '../shared/clock-option.js';
import { CompanionOption } from '../shared/companion-options.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { addEnvironmentOptions, checkEnvironmentOptions } from '../shared/environment-options.js';
import { openGameView } from '../shared/game-view.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { EVALUATION, OutputFile, OutputFolder } from '../shared/output-options.js';
import { addPlayOption, chosenPlay, type PlayWords } from '../shared/play-options.js';
import { addQueueOptions, chosenQueue, type QueueWords, wordsWithoutSecrets } from '../shared/queue-options.js';
import { addServiceOptions, chosenServices, type ServiceOptions, tellSpent } from '../shared/service-options.js';

const EXAMPLES = `
Examples:
  $ agent eval --game carracing --policy pae-lamm --episodes 50
  $ agent eval --game carracing --game spaceinvaders --policy random --policy expert --seeds 100000..100049
  $ agent eval --config games --table runs/reference/games.json
  $ agent eval --game carracing --policy old=pae-lamm:runs/a --policy new=pae-lamm:runs/b --record
  $ agent eval --env FrozenLake-v1 --kwargs '{"map_name": "8x8"}' --observation render --policy random
  $ agent eval --game carracing --policy openai:gpt-4.1-mini --max-requests 5000 --cache runs/answers
  $ agent eval --resume runs/RUN
  $ agent eval --resume runs/RUN --retry-failed
  $ agent eval --game carracing --policy expert --episodes 1000 --shard 3/16 --out runs/shard-3
  $ agent eval --merge runs/shard-* --out runs/whole

Killed at any moment, an evaluation goes on with --resume, or with the same command where --out named its folder.
Each episode that is there is held against its own lines first; what does not hold is set aside and played again.
Scores do not depend on --parallel, --processes or on which episodes run together: docs/evaluation.md.
Exit code 1: an episode failed, and the table says how many; or a --max-… was reached, and --resume goes on.
What came out of --cache is not paid for again: docs/endpoints.md.`;

/** What `--resume` and `--merge` take from the evaluations that they name. */
const WHAT_IS_ASKED = [
  ...['game', 'env', 'kwargs', 'observation', 'frameSkip', 'policy', 'episodes', 'seeds', 'config'],
  ...['maxDecisions', 'play', 'clock', 'plain'],
];
const VIDEO_CHOICES: readonly VideoChoice[] = ['extremes', 'all'];

interface EvalOptions extends EmulatorOptions, EnvironmentOptions, ServiceOptions, PlayWords, QueueWords {
  readonly game?: readonly string[];
  readonly policy?: readonly string[];
  readonly episodes?: number;
  readonly seeds?: string;
  readonly shard?: Shard;
  readonly merge?: readonly string[];
  readonly config?: string;
  readonly maxDecisions?: number;
  readonly clock?: readonly Clock[];
  readonly parallel: number;
  readonly processes?: number;
  readonly record?: true | VideoChoice;
  readonly out?: string;
  readonly resume?: string;
  readonly trustFiles?: boolean;
  readonly retryFailed?: boolean;
  readonly table?: string;
  readonly plain?: boolean;
  readonly view?: boolean;
}

export const registerEval: Register = (program, context) => {
  const command = program
    .command('eval')
    .description('score policies over many seeds, with intervals and paired differences')
    .option('-g, --game <game>', 'a game by name or YAML file; may be given several times', several)
    .option('-p, --policy <policy>', 'as agent play, or NAME=POLICY; may be given several times', several)
    .option('-n, --episodes <n>', 'episodes a policy and game (default: 10)', wholeNumber(1, 1_000_000))
    .option('--seeds <list>', 'such as 100000..100049 or 3,5,100..109 (default: from 100000 on)')
    .option('--shard <i/n>', 'play only the I-th of N parts of the seeds, without a queue', parseShard)
    .option('-c, --config <name>', 'an evaluation of configs/evaluation, or the path of a YAML file')
    .option('--max-decisions <n>', 'stop each episode after so many decisions', wholeNumber(1, 10_000_000))
    .option('--clock <clock>', `${CLOCK_HELP}; may be given several times`, severalClocks)
    .option('--parallel <n>', 'episodes side by side, at most', wholeNumber(1, 1024), 16)
    .option('--processes <n>', 'emulator processes (default: one a core)', wholeNumber(1, 256))
    .addOption(
      new Option('--record [which]', 'videos: of the best, median and worst episode, or of all').choices(VIDEO_CHOICES),
    )
    .addOption(
      new OutputFolder('-o, --out <folder>', 'folder of the evaluation (default: a new one under runs/)', EVALUATION),
    )
    .addOption(
      new Option('--resume <folder>', 'go on with an evaluation').conflicts([...WHAT_IS_ASKED, 'shard', 'out']),
    )
    .addOption(
      new Option('--merge <folders...>', 'put shards, or evaluations of different seeds, together').conflicts([
        ...WHAT_IS_ASKED,
        ...['shard', 'resume', 'retryFailed', 'record', 'processes'],
      ]),
    )
    .option('--view', 'a page to follow the games in (docs/view.md)')
    .addOption(new OutputFile('--table <file>', 'write the table there too, as JSON', ['.json']))
    .addOption(
      new CompanionOption(
        '--trust-files',
        'with --resume or --merge: use the games, scripts and checkpoints that the evaluation names by path',
        ['--resume', '--merge'],
      ),
    )
    .option('--retry-failed', 'play every failed episode again, not only what failed for want of disk or a service')
    .option('--plain', "use Gymnasium's own emulator where a faster identical one is the default")
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addServiceOptions(command);
  addQueueOptions(command, { mayDiffer: true });
  addPlayOption(command);
  addEmulatorOptions(command).action((options: EvalOptions) => evaluate(options, context));
};

async function evaluate(options: EvalOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  checkEnvironmentOptions(options, options.game);
  using interrupt = listenForInterrupt(() => output.note('stopping; the records are being closed …'));
  try {
    const { mergeEvaluations, runEvaluation } = await import('../../evaluation/index.js');
    const {
      env,
      kwargs,
      observation,
      frameSkip,
      game: games,
      policy: policies,
      record,
      table,
      clock: clocks,
      merge,
      view: wantsView,
      ...same
    } = options;
    const pages = { view: wantsView, out: options.out ?? options.resume };
    await using view = await openGameView(pages, output, interrupt.signal);
    const { evaluationWatcher, tellEnd } = await import('../shared/eval-tell.js');
    const services = await chosenServices(options, output);
    const ways = await chosenPlay(options);
    const call: EvaluationCall = {
      ...same,
      // With a queue only what is asked of the environments runs here.
      ...(options.queue === undefined ? {} : { processes: options.processes ?? 1 }),
      games,
      policies,
      clocks,
      ...(env === undefined ? {} : { environment: { env, kwargs, observation, frameSkip } }),
      videos: record === true ? 'extremes' : record,
      services,
      person: view.person,
      play: ways,
      given: await wordsWithoutSecrets(process.argv.slice(2)),
      openEmulators: (asked) => openEmulators(options, asked),
      signal: interrupt.signal,
      watcher: evaluationWatcher(output),
    };
    const elsewhere = chosenQueue(options, output);
    const result = await (merge === undefined
      ? runEvaluation(call, elsewhere)
      : mergeEvaluations({ ...call, folders: merge }));
    if (table !== undefined) {
      await writeFileAtomic(resolve(table), `${JSON.stringify(result.results, null, 2)}\n`);
    }
    tellEnd(result, output);
    await view.over();
    const isUsedUp = tellSpent(services, output);
    if (isUsedUp || result.results.rows.some(({ failed }) => failed > 0)) context.setExitCode(1);
    if (interrupt.exitCode !== undefined) context.setExitCode(interrupt.exitCode);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}
