/** `agent datasets export`: a dataset in a layout that other programs read. */
import { type Command, Option } from 'commander';
import { AgentError } from '../../core/index.js';
import type { ExportOptions } from '../../datasets/index.js';
import type { CommandContext } from './context.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';

const FORMATS = ['hf', 'lerobot', 'minari'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly out: string;
  readonly video?: boolean;
}

export function addExport(group: Command, context: CommandContext): void {
  group
    .command('export')
    .description('write it in a layout that other programs read')
    .argument('<dataset...>', 'folders')
    .addOption(
      new Option('-f, --format <format>', "hf: Hugging Face's datasets; lerobot: LeRobot v3.0; minari: Minari's HDF5")
        .choices(FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(new OutputFolder('-o, --out <folder>', 'a new or empty folder').makeOptionMandatory())
    .option('--video', 'with lerobot: pictures as lossless H.264 instead of PNG')
    .action((folders: string[], options: Options) => exportTo(folders, options, context));
}

async function exportTo(folders: string[], { format, out, video }: Options, context: CommandContext): Promise<void> {
  const { Dataset, exportHuggingFace, exportLeRobot, exportMinari } = await import('../../datasets/index.js');
  const output = context.output();
  if (video && format !== 'lerobot') {
    const expected = '--format lerobot, or no --video';
    throw new AgentError('usage', '--video belongs to LeRobot', { expected, got: `--format ${format}` });
  }
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    using dataset = await Dataset.open(folders);
    const onEpisode = (done: number, all: number): void => output.live(`exported ${done} of ${all} episodes`);
    const options: ExportOptions = { out, signal: interrupt.signal, onEpisode };
    const write = {
      hf: () => exportHuggingFace(dataset, options),
      lerobot: () => exportLeRobot(dataset, { ...options, video: video === true }),
      minari: () => exportMinari(dataset, options),
    }[format];
    const folder = await write();
    output.clearLive();
    output.result({ folder, format, episodes: dataset.episodes.length, steps: dataset.stepCount });
    output.print(`wrote ${out}`);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}
