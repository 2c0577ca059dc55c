/** `agent datasets relabel`: the same episodes, with what another policy says should have been done. */
import type { Command } from 'commander';
import { loadGame } from '../../agent/index.js';
import type { CommandContext } from './context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from './emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';

interface Options extends EmulatorOptions {
  readonly label: string;
  readonly out: string;
  readonly game?: string;
}

export function addRelabel(group: Command, context: CommandContext): void {
  const command = group
    .command('relabel')
    .description('keep what was seen and done, and ask another policy what should have been done')
    .argument('<dataset>', 'folder')
    .option('-l, --label <policy>', 'who says what should be done', 'expert')
    .addOption(new OutputFolder('-o, --out <folder>', 'a new or empty folder').makeOptionMandatory())
    .option('-g, --game <game>', "the game's name or YAML (default: the data's)");
  addEmulatorOptions(command).action((folder: string, options: Options) => relabelTo(folder, options, context));
}

async function relabelTo(folder: string, options: Options, context: CommandContext): Promise<void> {
  const output = context.output();
  const { Dataset, datasetName, relabel } = await import('../../datasets/index.js');
  const { createPolicy, requirePlayable } = await import('../../players/index.js');
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const { signal } = interrupt;
  try {
    using dataset = await Dataset.open(folder);
    const game = loadGame(options.game ?? dataset.game);
    await using emulators = await openEmulators(options, { signal });
    const specs = await requirePlayable([{ game, spec: options.label }], emulators, signal);
    await using labeller = await createPolicy(options.label, { game, signal });
    const result = await relabel(dataset, {
      game,
      // Found out just now for this very game.
      spec: specs.get(game.name) as NonNullable<ReturnType<typeof specs.get>>,
      labeller,
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
