/** `agent play`: one episode of a game, recorded as it is played. */
import type { Clock, EnvironmentOptions, EpisodeEnd, EpisodeObserver } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import type { Stage } from '../../evaluation/index.js';
import { seed, wholeNumber } from '../shared/arguments.js';
import { CLOCK_HELP, clock } from '../shared/clock-option.js';
import { CompanionOption } from '../shared/companion-options.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { addEnvironmentOptions, checkEnvironmentOptions } from '../shared/environment-options.js';
import { openGameView } from '../shared/game-view.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile, OutputFolder } from '../shared/output-options.js';
import { addPlayOption, chosenPlay, type PlayWords } from '../shared/play-options.js';
import { checkPolicyView, VIEW_HELP } from '../shared/policy-view.js';
import { addServiceOptions, chosenServices, type ServiceOptions, tellSpent } from '../shared/service-options.js';
import { formatScore } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent play --game carracing --seed 7
  $ agent play --game spaceinvaders --policy constant:fire --record
  $ agent play --game carracing --policy script:examples/first-bend.txt
  $ agent play --game carracing --policy endpoint:vllm:Qwen/Qwen2.5-VL-7B-Instruct --max-decisions 50
  $ agent play --env ALE/Breakout-v5 --policy random --seed 1
  $ agent play --env FrozenLake-v1 --kwargs '{"is_slippery": false}' --observation render
  $ agent play --game ./my-game.yaml --json

The record goes to a folder under runs/; agent replay verifies it.`;

interface PlayOptions extends EmulatorOptions, EnvironmentOptions, ServiceOptions, PlayWords {
  readonly game?: string;
  readonly policy?: string;
  readonly seed?: number;
  readonly maxDecisions?: number;
  readonly clock?: Clock;
  readonly record?: boolean | string;
  readonly overlay: boolean;
  readonly policyView?: boolean;
  readonly view?: boolean;
  readonly out?: string;
  readonly plain?: boolean;
}

export const registerPlay: Register = (program, context) => {
  const command = program
    .command('play')
    .description('play one episode of a game and record it')
    .option('-g, --game <game>', 'a name of `agent games`, or the path of a YAML file')
    .option(
      '-p, --policy <policy>',
      'who plays: expert[:DIR], teacher, pae-lamm[:DIR], random, noop, constant:ACTION, script:FILE, human, ' +
        'openai:MODEL, anthropic:MODEL, google:MODEL, endpoint:NAME[:MODEL] ' +
        '(default: the PAE-LaMM that is shipped for the game, else its expert, else random)',
    )
    .option('-s, --seed <n>', "the episode's seed (default: the game's)", seed)
    .option('--max-decisions <n>', 'stop after so many decisions', wholeNumber(1, 10_000_000))
    .option('--clock <clock>', CLOCK_HELP, clock)
    .addOption(
      new OutputFile('--record [file]', 'write a video while playing (default: episode.mp4 in the run folder)', [
        '.mp4',
      ]),
    )
    .addOption(
      new CompanionOption('--no-overlay', 'the bare picture in the video, without the text and marks around it', [
        '--record',
      ]),
    )
    .option('--policy-view', `${VIEW_HELP} in the video`)
    .option('--view', 'a page to follow the game in (docs/view.md)')
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the record (default: a new one under runs/)'))
    .option('--plain', "use Gymnasium's own emulator where a faster identical one is the default")
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addServiceOptions(command);
  addPlayOption(command);
  addEmulatorOptions(command).action((options: PlayOptions) => play(options, context));
};

async function play(options: PlayOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  checkEnvironmentOptions(options, options.game);
  if (options.game === undefined && options.env === undefined) {
    throw new AgentError('usage', 'what shall be played?', {
      expected: '--game NAME or --env ID',
      next: 'agent games lists the games, for example: agent play --game carracing --seed 7',
    });
  }
  checkPolicyView(options, options.record !== undefined, '--record');
  using interrupt = listenForInterrupt(() => output.note('stopping; the record is being closed …'));
  try {
    const { openStage, recordFailedStart } = await import('../../evaluation/index.js');
    await using view = await openGameView(options, output, interrupt.signal);
    const { record: video, maxDecisions, policyView, ...same } = options;
    const services = await chosenServices(options, output);
    const ways = await chosenPlay(options);
    const asked = {
      ...{ ...same, video, maxDecisions, view: policyView, services, play: ways, given: process.argv.slice(2) },
      person: view.person,
    };
    const tellFailedStart = async (error: unknown): Promise<never> => {
      const run = await recordFailedStart(asked, error, interrupt.signal);
      if (run !== undefined) output.note(`record ${run}`);
      throw error;
    };
    output.live(`starting the emulator, loading ${options.policy ?? 'who plays'} …`);
    await using emulators = await openEmulators(options, {
      signal: interrupt.signal,
      onRecovery: ({ reason, decisions, milliseconds }) =>
        output.note(
          `the emulator process ended (${reason}); a new one replayed ${decisions} decisions, ` +
            `every hash equal, in ${(milliseconds / 1000).toFixed(1)} s`,
        ),
    }).catch(tellFailedStart);
    await using stage = await openStage(asked, emulators, interrupt.signal).catch(tellFailedStart);
    output.clearLive();
    if (options.policy === undefined) output.note(`${stage.policy} plays; --policy names another`);
    const end = await stage.play([new EpisodeProgress(stage.actionNames, output)]);
    output.clearLive();
    await tell(end, stage, output);
    tellSpent(services, output);
    await view.over();
    if (end.status === 'failed') throw end.error ?? new AgentError('internal', 'the episode failed without a reason');
    if (end.status === 'cancelled') context.setExitCode(interrupt.exitCode ?? 1);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function tell(end: EpisodeEnd, stage: Stage, output: Console): Promise<void> {
  const { status, ending, steps, score, counters } = end;
  const outcome = await stage.outcome();
  if (status !== 'failed') {
    output.result({ ...outcome, status, ending, score, decisions: steps, counters });
  }
  const how = ending ?? status;
  output.print(`${stage.title}, seed ${stage.seed}: ${stage.policy}`);
  output.print(`${output.style(`score ${formatScore(score)}`, 'bold')}  ${steps} decisions, ${how}`);
  const troubles = Object.entries(counters).filter(
    ([name, count]) => count > 0 && name !== 'decisions' && name !== 'parsed',
  );
  if (troubles.length > 0) output.print(`answers: ${troubles.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  if (outcome.chain !== null) output.print(`chain  ${outcome.chain}`);
  if (outcome.run !== null) output.print(`record ${outcome.run}`);
  if (outcome.video !== null) output.print(`video  ${outcome.video}`);
}

class EpisodeProgress implements EpisodeObserver {
  #score = 0;
  readonly #started = performance.now();

  constructor(
    private readonly actionNames: readonly string[],
    private readonly output: Console,
  ) {}

  onStep({ step, reward, executed }: Parameters<NonNullable<EpisodeObserver['onStep']>>[0]): void {
    this.#score += reward;
    this.output.progress(() => {
      const action = typeof executed === 'number' ? (this.actionNames[executed] ?? executed) : executed.join(' ');
      const rate = (step / (performance.now() - this.#started)) * 1000;
      return `step ${step}  score ${formatScore(this.#score)}  ${action}  ${rate.toFixed(0)} decisions/s`;
    });
  }
}
