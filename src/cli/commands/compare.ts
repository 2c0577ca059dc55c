/** `agent compare`: several policies play one seed; a video side by side and pictures of the places where they part. */

import { join } from 'node:path';
import type { Clock, EnvironmentOptions } from '../../agent/index.js';
import { AgentError, harmlessName } from '../../core/index.js';
import type { ComparisonWatcher, PolicyComparison } from '../../evaluation/index.js';
import type { Services } from '../../players/index.js';
import { seed, several, wholeNumber } from '../shared/arguments.js';
import { CLOCK_HELP, clock } from '../shared/clock-option.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import {
  addEmulatorOptions,
  type EmulatorOptions,
  type OpenEmulatorsOptions,
  openEmulators,
} from '../shared/emulator-options.js';
import { addEnvironmentOptions, checkEnvironmentOptions } from '../shared/environment-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder } from '../shared/output-options.js';
import { addPlayOption, chosenPlay, type PlayWords } from '../shared/play-options.js';
import { VIEW_HELP } from '../shared/policy-view.js';
import { addServiceOptions, chosenServices, type ServiceOptions, tellSpent } from '../shared/service-options.js';
import { formatScore } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent compare --game carracing --seed 7 --policy expert --policy frozen --policy pae-lamm
  $ agent compare --game spaceinvaders --seed 3 --policy expert --policy random --no-video
  $ agent compare runs/RUN-OF-ONE runs/RUN-OF-ANOTHER

A folder under runs/ gets the record of each episode, comparison.mp4 (synchronised by decision), partings.png (the
places where the episodes part) and comparison.json.`;

interface CompareOptions extends EmulatorOptions, EnvironmentOptions, ServiceOptions, PlayWords {
  readonly game?: string;
  readonly policy?: readonly string[];
  readonly seed?: number;
  readonly maxDecisions?: number;
  readonly clock?: Clock;
  readonly out?: string;
  readonly count: number;
  readonly video: boolean;
  readonly policyView?: boolean;
}

export const registerCompare: Register = (program, context) => {
  const command = program
    .command('compare')
    .description('let several policies play the same seed, and show them side by side')
    .argument('[runs...]', 'folders of recorded episodes to compare instead of playing')
    .option('-g, --game <game>', 'a name of `agent games`, or the path of a YAML file')
    .option('-p, --policy <policy>', 'as agent play; to be given twice or more', several)
    .option('-s, --seed <n>', "the seed (default: the game's)", seed)
    .option('--max-decisions <n>', 'stop each episode after so many decisions', wholeNumber(1, 10_000_000))
    .option('--clock <clock>', CLOCK_HELP, clock)
    .option('--count <n>', 'places in partings.png', wholeNumber(1, 20), 4)
    .option('--policy-view', VIEW_HELP)
    .option('--no-video', 'no video, only records and pictures')
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the comparison (default: a new one under runs/)'))
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addServiceOptions(command);
  addPlayOption(command);
  addEmulatorOptions(command).action((runs: string[], options: CompareOptions) => compare(runs, options, context));
};

async function compare(runs: readonly string[], options: CompareOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  checkUsage(runs, options);
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  let services: Services | undefined;
  try {
    const { comparePolicies, compareRecords } = await import('../../evaluation/index.js');
    const { policy: policies = [], maxDecisions, out, count, video, policyView: view, ...played } = options;
    const show = {
      ...{ out, count, video, view },
      signal: interrupt.signal,
      openEmulators: (asked: OpenEmulatorsOptions) => openEmulators(options, asked),
      watcher: watcherOf(output),
    };
    services = await chosenServices(options, output);
    const ways = await chosenPlay(options);
    const result =
      runs.length > 0
        ? await compareRecords(runs, show)
        : await comparePolicies({
            ...played,
            ...show,
            policies,
            maxDecisions,
            services,
            play: ways,
            given: process.argv.slice(2),
          });
    tellSpent(services, output);
    tell(result, output);
  } catch (error) {
    output.clearLive();
    // A budget that is used up ends a comparison, and what was paid is paid.
    if (services) tellSpent(services, output);
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function watcherOf(output: Console): ComparisonWatcher {
  return {
    onPlay: (policy) => output.note(`${policy} plays …`),
    onPlayed: (policy, { score, steps }) =>
      output.note(`${policy}: score ${formatScore(score)} after ${steps} decisions`),
    onStrip: () => output.live('drawing the places where they part …'),
    onVideo: (step, steps) => output.live(`video: decision ${step} of ${steps}`),
  };
}

function checkUsage(runs: readonly string[], options: CompareOptions): void {
  const { policy: policies = [], env, game = env } = options;
  checkEnvironmentOptions(options, options.game);
  const problem = (summary: string, expected: string, got: string): never => {
    throw new AgentError('usage', summary, { expected, got, next: 'agent compare --help shows examples' });
  };
  if (runs.length > 0) {
    if (game !== undefined || policies.length > 0) {
      problem('recorded episodes are not played', 'folders of records, or --game and --policy', 'both');
    }
    const unused = Object.entries({
      '--seed': options.seed,
      '--max-decisions': options.maxDecisions,
      '--play': options.play,
    });
    const [flag] = unused.find(([, value]) => value !== undefined) ?? [];
    if (flag !== undefined) problem('recorded episodes are not played', `no ${flag} beside folders`, flag);
    if (runs.length < 2) problem('one episode cannot be compared', 'two folders or more', runs.join(' '));
    return;
  }
  if (game === undefined) problem('what shall be played?', '--game NAME --policy A --policy B', 'no --game');
  if (policies.length < 2) {
    problem(
      'who shall be compared?',
      'two policies or more: --policy expert --policy random',
      policies.join(', ') || 'none',
    );
  }
}

function tell(comparison: PolicyComparison, output: Console): void {
  output.clearLive();
  output.result(comparison);
  const { folder, game, seed, episodes, partings, video, strip } = comparison;
  output.print(output.style(`${game}, seed ${seed}`, 'bold'));
  const names = episodes.map(({ policy }) => harmlessName(policy));
  const width = Math.max(...names.map(({ length }) => length));
  for (const [i, { score, decisions }] of episodes.entries()) {
    output.print(`  ${names[i]?.padEnd(width)}  score ${formatScore(score).padStart(8)}  ${decisions} decisions`);
  }
  for (const { step, why } of partings) output.print(`  decision ${step}: ${why}`);
  if (strip !== null) output.print(`pictures ${join(folder, strip)}`);
  if (video !== null) output.print(`video    ${join(folder, video)}`);
}
