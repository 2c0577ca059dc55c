/** `agent datasets`: the demonstrations there are, what one holds, whether it is whole, and other layouts of it. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AgentError, inWords, isAgentError, systemCode } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { DatasetSummary } from '../../datasets/index.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addExport } from '../shared/dataset-export.js';
import { addImport } from '../shared/dataset-import.js';
import { addRelabel } from '../shared/dataset-relabel.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile } from '../shared/output-options.js';

const EXAMPLES = `
Examples:
  $ agent datasets                                    those under runs/datasets
  $ agent datasets info runs/datasets/carracing
  $ agent datasets info runs/datasets/round1 runs/datasets/round2      several as one, as training reads them
  $ agent datasets check runs/datasets/carracing
  $ agent datasets sheet runs/datasets/carracing --out sheet.png
  $ agent datasets export runs/datasets/carracing --format hf --out hf/carracing
  $ agent datasets import lerobot/other --format lerobot --game carracing --out runs/datasets/other
  $ agent datasets import runs/my-eval --format records --policy expert --out runs/datasets/mine
  $ agent datasets relabel runs/datasets/round-1 --label expert --out runs/datasets/round-1-again
  $ agent datasets diff runs/datasets/carracing runs/datasets/other

docs/datasets.md`;

const DATASETS = join(projectPaths.runs, 'datasets');

export const registerDatasets: Register = (program, context) => {
  const group: Command = program
    .command('datasets')
    .description('list demonstrations, look at them, check, compare, relabel, export and import them')
    .addHelpText('after', EXAMPLES);
  group
    .command('list', { isDefault: true })
    .description('the datasets in a folder')
    .argument('[folder]', 'where to look', DATASETS)
    .action((folder: string) => list(folder, context));
  group
    .command('info')
    .description('episodes, steps, scores, actions, sizes; several datasets as one')
    .argument('<dataset...>', 'folders')
    .action((folders: string[]) => info(folders, context));
  group
    .command('check')
    .description('read every byte: hashes, rows and frames')
    .argument('<dataset>', 'folder')
    .action((folder: string) => check(folder, context));
  group
    .command('sheet')
    .description('write a PNG of moments of its episodes')
    .argument('<dataset...>', 'folders')
    .addOption(new OutputFile('-o, --out <file>', 'the PNG', ['.png']).makeOptionMandatory())
    .action((folders: string[], { out }: { readonly out: string }) => sheet(folders, out, context));
  group
    .command('diff')
    .description('what differs between two datasets: what made them, episodes, decisions, frames')
    .argument('<first>', 'folder')
    .argument('<second>', 'folder')
    .action((first: string, second: string) => diff(first, second, context));
  addExport(group, context);
  addImport(group, context);
  addRelabel(group, context);
};

async function list(folder: string, context: CommandContext): Promise<void> {
  const { Dataset, summarise } = await import('../../datasets/index.js');
  const output = context.output();
  const names = await foldersIn(folder);
  const summaries: DatasetSummary[] = [];
  for (const name of names) {
    try {
      using dataset = await Dataset.open(join(folder, name));
      summaries.push(summarise(dataset));
    } catch (error) {
      if (!isAgentError(error, 'dataset')) throw error;
      output.note(`${name}: ${error.summary}`);
    }
  }
  output.result({ datasets: summaries });
  if (summaries.length === 0) output.note(`There are no datasets in ${folder}.`);
  for (const { folders, game, episodes, steps, driver, score } of summaries) {
    const mean = score === null ? '' : `, mean score ${score.mean.toFixed(1)}`;
    output.print(`${folders[0]}: ${game}, ${episodes} episodes, ${steps} steps${mean}, driven by ${driver.join(', ')}`);
  }
}

/** The folders in one; that itself where it is a dataset. No folder at all is none where nobody named it. */
async function foldersIn(folder: string): Promise<string[]> {
  if (existsSync(join(folder, 'dataset.json'))) return ['.'];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    if (folder === DATASETS && systemCode(cause) === 'ENOENT') return [];
    throw new AgentError('usage', 'there is no such folder of datasets', {
      expected: 'a dataset, or a folder that holds datasets',
      got: inWords(cause),
      where: folder,
      next: 'agent datasets --help lists what can be done with a dataset',
      cause,
    });
  }
}

async function info(folders: string[], context: CommandContext): Promise<void> {
  const { Dataset, datasetName, formatSummary, summarise } = await import('../../datasets/index.js');
  using dataset = await Dataset.open(folders);
  const name = datasetName(dataset);
  const summary = { name, ...summarise(dataset) };
  const output = context.output();
  output.result(summary);
  output.print(name);
  output.block(formatSummary(summary));
}

async function check(folder: string, context: CommandContext): Promise<void> {
  const { checkDataset } = await import('../../datasets/index.js');
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const result = await checkDataset(folder, interrupt).catch((error: unknown) => {
    context.setExitCode(interruptedExitCode(interrupt, error));
  });
  if (!result) return;
  output.result(result);
  if (result.problems.length === 0) {
    output.print(
      `${output.style('whole', 'green')}  ${result.shards} shards, ${result.episodes} episodes, ${result.frames} frames`,
    );
    return;
  }
  context.setExitCode(1);
  output.print(output.style('damaged', 'red'));
  for (const problem of result.problems) output.print(`  ${problem}`);
  output.note('the `agent collect` that made the dataset sets damaged shards aside and plays their episodes again');
}

async function sheet(folders: string[], out: string, context: CommandContext): Promise<void> {
  const { Dataset, makePictureSheet } = await import('../../datasets/index.js');
  const { writeFileAtomic } = await import('../../core/index.js');
  using dataset = await Dataset.open(folders);
  await writeFileAtomic(out, await makePictureSheet(dataset));
  const output = context.output();
  output.result({ sheet: out });
  output.print(`wrote ${out}`);
}

/** Exit code 1 where they differ, as `diff` has it. */
async function diff(first: string, second: string, context: CommandContext): Promise<void> {
  const { compareDatasets, Dataset, formatDifference } = await import('../../datasets/index.js');
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    using a = await Dataset.open(first);
    using b = await Dataset.open(second);
    const difference = compareDatasets(a, b, interrupt);
    output.result(difference);
    output.block(formatDifference(difference));
    if (!difference.isSame) context.setExitCode(1);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}
