/** `agent datasets relabel`: the same episodes, with what another policy says should have been done. */
import type { Command } from 'commander';
import { type Game, loadGame, type Policy, requireNeeds, specOf } from '../../agent/index.js';
import { AgentError, type EnvSpec } from '../../core/index.js';
import type { CommandContext } from './context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from './emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';

interface Options extends EmulatorOptions {
  readonly label?: string;
  readonly wayBack?: boolean;
  readonly out: string;
  readonly game?: string;
}

export function addRelabel(group: Command, context: CommandContext): void {
  const command = group
    .command('relabel')
    .description('keep what was seen and done, and ask another policy what should have been done')
    .argument('<dataset>', 'folder')
    .option('-l, --label <policy>', 'who says what should be done; without it labels stay, but for the way back')
    .option('--way-back', 'CarRacing: where the car is lost, what a driver would do that reads the track')
    .addOption(new OutputFolder('-o, --out <folder>', 'a new or empty folder').makeOptionMandatory())
    .option('-g, --game <game>', "the game's name or YAML (default: the data's)");
  addEmulatorOptions(command).action((folder: string, options: Options) => relabelTo(folder, options, context));
}

async function relabelTo(folder: string, options: Options, context: CommandContext): Promise<void> {
  const output = context.output();
  const { Dataset, datasetName, relabel } = await import('../../datasets/index.js');
  if (options.label === undefined && !options.wayBack) {
    throw new AgentError('usage', 'who shall say what should have been done?', {
      expected: '--label POLICY, --way-back, or both',
    });
  }
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const { signal } = interrupt;
  try {
    using dataset = await Dataset.open(folder);
    const game = loadGame(options.game ?? dataset.game);
    await using emulators = await openEmulators(options, { signal });
    const spec = await specOf(game.emulator, emulators, signal);
    await using labeller =
      options.label === undefined ? undefined : await labellerOf(options.label, game, spec, signal);
    const result = await relabel(dataset, {
      game,
      spec,
      labeller,
      isWayBackTold: options.wayBack === true,
      out: options.out,
      signal,
      onEpisode: (done, all) => output.live(`labelled ${done} of ${all} episodes`),
    });
    output.clearLive();
    using made = await Dataset.open(options.out);
    const name = datasetName(made, interrupt);
    output.result({ name, ...result });
    const share = ((100 * result.changed) / result.steps).toFixed(1);
    output.print(`wrote ${options.out}: ${name}, ${result.steps} steps, ${result.changed} labels changed (${share} %)`);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** Throws `unsupported_env` where the policy cannot play in the game. */
async function labellerOf(label: string, game: Game, spec: EnvSpec, signal: AbortSignal): Promise<Policy> {
  const { createPolicy, needsOf } = await import('../../players/index.js');
  requireNeeds(label, await needsOf(label), game, spec);
  return createPolicy(label, { game, signal });
}
