/** `agent instructions`: whether a player still does what it wants to do when its actions are called otherwise. */
import { resolve } from 'node:path';
import { AgentError, writeFileAtomic } from '../../core/index.js';
import type { Share } from '../../evaluation/index.js';
import type { FollowedEpisode, FollowedRow } from '../../instructions/index.js';
import type { Services } from '../../players/index.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile } from '../shared/output-options.js';
import { parseSeeds } from '../shared/seed-list.js';
import { addServiceOptions, chosenServices, type ServiceOptions, tellSpent } from '../shared/service-options.js';
import { align, percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent instructions --game carracing
  $ agent instructions --game carracing --names german=nichts,rechts,links,gas,bremsen --seeds 100000..100009
  $ agent instructions --game carracing --policy endpoint:ollama:MODEL --every 10 --max-requests 1000

The player plays the game as it is told plainly. At each decision it is also asked with the name of the action that it
wants exchanged for another's (swapped), the list in another order (reordered), and names that mean nothing or something
else (renamed). Followed: it means the same action. By heart: it says the name that was right before.
docs/instructions.md`;

interface InstructionsOptions extends EmulatorOptions, ServiceOptions {
  readonly game?: string;
  readonly policy?: readonly string[];
  readonly names?: readonly string[];
  readonly seeds?: string;
  readonly every: number;
  readonly maxDecisions?: number;
  readonly table?: string;
}

export const registerInstructions: Register = (program, context) => {
  const command = program
    .command('instructions')
    .description('measure whether a player follows its list of actions when it is told otherwise')
    .option('-g, --game <game>', 'a name of `agent games`, or the path of a YAML file')
    .option('-p, --policy <policy>', 'as agent play; may be repeated (default: pae-lamm)', several)
    .option('--names <label=a,b,…>', "one more telling: a name for each action, in the game's order", several)
    .option('--seeds <seeds>', 'such as 100000..100009 (default: three of evaluation)')
    .option('--every <n>', 'ask so only in every n-th decision', wholeNumber(1, 1_000_000), 1)
    .option('--max-decisions <n>', 'stop each episode after so many decisions', wholeNumber(1, 10_000_000))
    .addOption(new OutputFile('--table <file>', 'write the table as JSON', ['.json']))
    .addHelpText('after', EXAMPLES);
  addServiceOptions(command);
  addEmulatorOptions(command).action((options: InstructionsOptions) => instructions(options, context));
};

async function instructions(options: InstructionsOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const episodes: FollowedEpisode[] = [];
  let services: Services | undefined;
  try {
    const { withBudget } = await import('../../evaluation/index.js');
    const { askedOtherwise, plansOf } = await import('../../instructions/index.js');
    if (options.game === undefined) {
      throw new AgentError('usage', 'what shall be played?', { expected: '--game NAME', got: 'no --game' });
    }
    const { game, policy = ['pae-lamm'], names = [], every, maxDecisions } = options;
    const seeds = options.seeds === undefined ? undefined : parseSeeds(options.seeds);
    const plans = await plansOf({ game, policies: policy, names, seeds });
    services = await chosenServices(options, output);
    const signal = withBudget(interrupt.signal, services);
    await using emulators = await openEmulators(options, { signal });
    for (const plan of plans) {
      const over = (episode: FollowedEpisode): void => {
        episodes.push(episode);
        output.live(`${episodes.length} of ${plans.length * plan.seeds.length} episodes`);
      };
      await askedOtherwise(plan, { emulators, services, signal, every, maxDecisions, over });
    }
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  } finally {
    // What is over was asked, and perhaps paid for: it is told whatever ended the rest.
    output.clearLive();
    if (services) tellSpent(services, output);
    if (episodes.length > 0) await tell(episodes, options, output);
  }
}

async function tell(episodes: readonly FollowedEpisode[], { table: file }: InstructionsOptions, output: Console) {
  const { followedTable } = await import('../../instructions/index.js');
  const table = followedTable(episodes);
  if (file) await writeFileAtomic(resolve(file), `${JSON.stringify(table, null, 1)}\n`);
  output.result(table);
  output.block(text(table.rows));
}

function text(rows: readonly FollowedRow[]): string {
  const header = ['player', 'told', 'episodes', 'decisions', 'followed', 'by heart', 'unread'];
  const lines = rows.map(({ policy, telling, episodes, decisions, followed, by_heart: byHeart, unread }) => [
    ...[policy, telling, String(episodes), String(decisions), shareText(followed), shareText(byHeart), String(unread)],
  ]);
  return align([header, ...lines]);
}

function shareText({ share, interval }: Share): string {
  if (share === null) return '-';
  return interval ? `${percent(share)} (${percent(interval[0])} to ${percent(interval[1])})` : percent(share);
}
