/** `agent datasets export`: a dataset in a layout that other programs read. */
import { type Command, Option } from 'commander';
import { loadGame, withPlay } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import type { ExportOptions } from '../../datasets/index.js';
import type { CommandContext } from './context.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';

const FORMATS = ['hf', 'lerobot', 'minari', 'chat'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly out: string;
  readonly video?: boolean;
  readonly game?: string;
  readonly sights: boolean;
}

export function addExport(group: Command, context: CommandContext): void {
  group
    .command('export')
    .description('write it in a layout that other programs read')
    .argument('<dataset...>', 'folders')
    .addOption(
      new Option(
        '-f, --format <format>',
        "hf: Hugging Face's datasets; lerobot: LeRobot v3.0; minari: Minari's HDF5; chat: messages with pictures",
      )
        .choices(FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(new OutputFolder('-o, --out <folder>', 'a new or empty folder').makeOptionMandatory())
    .option('--video', 'with lerobot: pictures as lossless H.264 instead of PNG')
    .option('-g, --game <game>', "with chat: whose prompt it is (default: the data's)")
    .option('--no-sights', 'with chat: ask for the action alone, in a game that asks for sights too')
    .action((folders: string[], options: Options) => exportTo(folders, options, context));
}

async function exportTo(folders: string[], options: Options, context: CommandContext): Promise<void> {
  const { format, out, video, game, sights } = options;
  const { Dataset, exportChat, exportHuggingFace, exportLeRobot, exportMinari } = await import(
    '../../datasets/index.js'
  );
  const output = context.output();
  if (video && format !== 'lerobot') {
    const expected = '--format lerobot, or no --video';
    throw new AgentError('usage', '--video belongs to LeRobot', { expected, got: `--format ${format}` });
  }
  if ((game !== undefined || !sights) && format !== 'chat') {
    const expected = '--format chat, or neither --game nor --no-sights';
    throw new AgentError('usage', 'a prompt belongs to conversations', { expected, got: `--format ${format}` });
  }
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    using dataset = await Dataset.open(folders);
    const onEpisode = (done: number, all: number): void => output.live(`exported ${done} of ${all} episodes`);
    const common: ExportOptions = { out, signal: interrupt.signal, onEpisode };
    const write = {
      hf: () => exportHuggingFace(dataset, common),
      lerobot: () => exportLeRobot(dataset, { ...common, video: video === true }),
      minari: () => exportMinari(dataset, common),
      chat: () =>
        exportChat(dataset, {
          ...common,
          game: withPlay(loadGame(game ?? dataset.game), sights ? {} : { sights: 'off' }),
        }),
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
