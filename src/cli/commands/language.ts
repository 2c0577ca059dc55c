/** `agent language`: how well models answer questions, find things and read instructions, on scenes not trained on. */
import { basename } from 'node:path';
import { Option } from 'commander';
import type { RuntimeOptions } from '../../model/index.js';
import type { LanguageAccuracy } from '../../training/pvp/index.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { writeMeasured } from '../shared/measured-table.js';
import { addAppendOption, OutputFile } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent language --count 210
  $ agent language --model pae-lamm-objects --model plain-objects --readout 1500 --table language.json
  $ agent language --model runs/seed-2/plain-objects --seed 2 --readout 1500 --table language.json --append

Of each kind as many questions, beside what always the kind's commonest answer would be right in; boxes count from an
overlap (intersection over union) of 0.5 on. Instructions are made-up games, about half of whose names were not
trained on, told twice: as they are, and with the name of the right action and another's exchanged. With --readout a
linear map of the vision encoder's features tells colour, shape, size and pattern of objects too.`;

interface LanguageOptions extends RuntimeOptions {
  readonly model: string[];
  readonly count: number;
  readonly split: 'validation' | 'test';
  readonly seed?: number;
  readonly readout: number;
  readonly table?: string;
  readonly append?: true;
}

/** Shares from 0 to 1; null where it was not measured. */
interface Row {
  readonly model: string;
  /** Of the training, where it is told. */
  readonly seed: number | null;
  readonly count: number;
  /** Of a CLIP alone. */
  readonly retrieval: number | null;
  readonly readout: Readonly<Record<string, number>> | null;
  readonly questions: number;
  readonly by_kind: LanguageAccuracy['questions']['byKind'];
  readonly commonest: number;
  readonly boxes: number;
  readonly swapped: number;
  readonly instructions: LanguageAccuracy['instructions'];
}

export const registerLanguage: Register = (program, context) => {
  const command = program
    .command('language')
    .description('measure questions, boxes and instructions on held-out drawn scenes')
    .option('--model <dir>', 'a checkpoint; may be given several times (default: pae-lamm-objects)', several, [])
    .option('--count <n>', 'questions, boxes and games to ask, each', wholeNumber(1, 100_000), 4000)
    .addOption(new Option('--split <split>', 'which held-out scenes').choices(['validation', 'test']).default('test'))
    .option('--seed <n>', 'the seed that the models were trained with, for the table', wholeNumber(0, 1e9))
    .option('--readout <scenes>', 'scenes that a linear map of the features is fitted on', wholeNumber(0, 100_000), 0)
    .addOption(new OutputFile('--table <file>', 'write the rows as JSON', ['.json']))
    .addHelpText('after', EXAMPLES);
  addAppendOption(command);
  addRuntimeOptions(command).action((options: LanguageOptions) => run(options, context));
};

async function run(options: LanguageOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { findModel } = await import('../../model/index.js');
    const { languageAccuracy } = await import('../../training/pvp/index.js');
    await loadChosenTensorFlow(options);
    const names = options.model.length > 0 ? options.model : ['pae-lamm-objects'];
    const rows: Row[] = [];
    for (const folder of await Promise.all(names.map(findModel))) {
      const { split, count } = options;
      const onProgress = (what: string, done: number, of: number): void =>
        output.live(`${basename(folder)}  ${what} ${done}/${of}`);
      const found = await languageAccuracy(folder, { split, count, onProgress, signal: interrupt.signal });
      rows.push(rowOf(found, { folder, seed: options.seed, readout: await readoutOf(folder, options) }));
    }
    output.clearLive();
    if (options.table) await writeMeasured(options.table, { rows }, { append: options.append === true });
    output.result({ rows });
    for (const row of rows) output.block(describe(row));
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function readoutOf(folder: string, { readout: scenes, split }: LanguageOptions): Promise<Row['readout']> {
  if (scenes === 0) return null;
  const { measureFeatures } = await import('../../training/readout/index.js');
  const { place: _, ...shares } = (await measureFeatures(folder, { split, scenes })).readout;
  return shares;
}

function rowOf(
  { count, questions, boxes, instructions }: LanguageAccuracy,
  { folder, seed, readout }: { folder: string; seed: number | undefined; readout: Row['readout'] },
): Row {
  return {
    ...{ model: basename(folder), seed: seed ?? null, count, retrieval: null, readout },
    ...{ questions: questions.accuracy, by_kind: questions.byKind, commonest: questions.commonest },
    ...{ boxes: boxes.accuracy, swapped: instructions.swapped, instructions },
  };
}

function describe({ model, count, questions, commonest, by_kind, boxes, instructions }: Row): string {
  const kinds = Object.entries(by_kind).map(([kind, { right, commonest: without, asked }]) => {
    const share = percent(right / asked).padStart(7);
    return `  ${kind.padEnd(10)} ${share}  always the commonest answer ${percent(without / asked).padStart(7)}`;
  });
  const { plain, swapped, both, chance } = instructions;
  return [
    `${model}, of ${count} each: questions ${percent(questions)} (always the commonest answer ${percent(commonest)})`,
    ...kinds,
    `  boxes      ${percent(boxes).padStart(7)}  with an overlap of 0.5 or more`,
    `  instructions ${percent(plain)}, with swapped names ${percent(swapped)}, both ${percent(both)}` +
      ` (any of the names told: ${percent(chance)})`,
  ].join('\n');
}
