/** `agent datasets import`: what others recorded, or what was played here, as a dataset. */
import { type Command, Option } from 'commander';
import { loadGame } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import type { ImportFormat, ImportResult } from '../../datasets/index.js';
import type { CommandContext } from './context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from './emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';

const FORMATS = ['hf', 'lerobot', 'minari', 'records'] as const;

interface Options extends EmulatorOptions {
  readonly format: (typeof FORMATS)[number];
  readonly out: string;
  readonly game?: string;
  readonly actions?: string;
  readonly image?: string;
  readonly policy?: string;
}

export function addImport(group: Command, context: CommandContext): void {
  const command = group
    .command('import')
    .description('make a dataset of what others recorded, or of episodes that were played here')
    .argument('<folder>', 'the data; for records a run or an evaluation')
    .addOption(
      new Option(
        '-f, --format <format>',
        "hf: Parquet of Hugging Face's datasets; lerobot: LeRobot v3; minari: Minari's HDF5; records: our episodes",
      )
        .choices(FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(new OutputFolder('-o, --out <folder>', 'a new or empty folder').makeOptionMandatory())
    .option('-g, --game <game>', 'the game that the data is of; needed for data of others')
    .option('--actions <names>', "what the source's actions mean, in its order: names of the game, with commas")
    .option('--image <name>', 'the picture that is played from, where the data has several')
    .option('--policy <id>', 'whose records, where there are those of several players');
  addEmulatorOptions(command).action((folder: string, options: Options) => importFrom(folder, options, context));
}

async function importFrom(folder: string, options: Options, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const onEpisode = (done: number, all: number): void => output.live(`imported ${done} of ${all} episodes`);
    const { format } = options;
    const common = { out: options.out, signal: interrupt.signal, onEpisode };
    const { missing } =
      format === 'records'
        ? await fromRecords(folder, options, common)
        : await fromOthers(folder, format, options, common);
    output.clearLive();
    const { Dataset, datasetName, summarise } = await import('../../datasets/index.js');
    using dataset = await Dataset.open(options.out);
    const name = datasetName(dataset, interrupt);
    const { episodes, steps } = summarise(dataset);
    output.result({ folder: options.out, format, name, episodes, steps, missing });
    for (const sentence of missing) output.note(`the source does not hold ${sentence}`);
    output.print(`wrote ${options.out}: ${name}, ${episodes} episodes, ${steps} steps`);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

interface Common {
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onEpisode: (done: number, all: number) => void;
}

async function fromRecords(folder: string, options: Options, common: Common): Promise<ImportResult> {
  const unused = (['game', 'actions', 'image'] as const).find((name) => options[name] !== undefined);
  if (unused !== undefined) {
    throw new AgentError('usage', `records say themselves what --${unused} would say`, {
      expected: `no --${unused} with --format records`,
    });
  }
  const { importRecords } = await import('../../datasets/index.js');
  const { recordedEnv } = await import('../../replay/index.js');
  await using emulators = await openEmulators(options, common);
  const makeEnv = recordedEnv({ emulators, signal: common.signal });
  return await importRecords(folder, { ...common, makeEnv, policy: options.policy });
}

async function fromOthers(
  folder: string,
  format: ImportFormat,
  options: Options,
  common: Common,
): Promise<ImportResult> {
  if (options.policy !== undefined) {
    throw new AgentError('usage', 'players are told apart in records alone', { expected: 'no --policy' });
  }
  const { importDataset } = await import('../../datasets/index.js');
  const game = options.game === undefined ? undefined : loadGame(options.game);
  const actions = options.actions?.split(',').map((name) => name.trim());
  return await importDataset(folder, { ...common, format, game, actions, image: options.image });
}
