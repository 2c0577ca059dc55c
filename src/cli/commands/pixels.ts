/** `agent pixels`: how well models answer pixel queries on pictures that none was trained on. */
import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import type { RuntimeOptions } from '../../model/index.js';
import type { Answerer, Labelled, LanguageAccuracy, PictureKind, Pictures } from '../../training/pvp/index.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { writeMeasured } from '../shared/measured-table.js';
import { addAppendOption, OutputFile } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent pixels
  $ agent pixels --of scenes --images 1
  $ agent pixels --model runs/pvp-mini/stages/align --model pae-lamm-mini --images 4
  $ agent pixels --table runs/reference/pvp.json --picture docs/images/pvp.png --overwrite

Every pixel of every picture is asked for and the text of the answer is read back. An answer that is no colour is
counted under unparsed and is in no mean. With --features a linear map from the vision encoder's features to pixels is
fitted on training pictures, and its error on the same pictures is told beside: what the encoder lets through.`;

/** As the training room names them; said here too, since that room is loaded only when it is used. */
const KINDS: readonly PictureKind[] = ['photographs', 'scenes', 'games'];

interface PixelsOptions extends RuntimeOptions {
  readonly model: string[];
  readonly of: readonly PictureKind[];
  readonly images: number;
  readonly split: 'validation' | 'test';
  readonly questions: number;
  readonly features?: true;
  readonly seed?: number;
  readonly table?: string;
  readonly append?: true;
  readonly picture?: string;
}

/** A row of the table. */
interface Row {
  readonly model: string;
  /** Of the training, where it is told. */
  readonly seed: number | null;
  readonly set: PictureKind;
  readonly images: number;
  readonly mae: number;
  readonly psnr: number;
  readonly unparsed: number;
}

export const registerPixels: Register = (program, context) => {
  const command = program
    .command('pixels')
    .description('measure the error of pixel answers on held-out photographs, scenes and game frames')
    .option(
      '--model <dir>',
      'a checkpoint; may be given several times (default: pae-lamm-mini and frozen-mini)',
      several,
      [],
    )
    .addOption(
      new Option('--of <kind...>', 'which pictures; photographs need `agent setup --photographs`')
        .choices(KINDS)
        .default([...KINDS]),
    )
    .option('--images <n>', 'pictures of each kind', wholeNumber(1, 1000), 10)
    .addOption(new Option('--split <split>', 'which held-out pictures').choices(['validation', 'test']).default('test'))
    .option('--questions <n>', 'questions and boxes to ask as well', wholeNumber(0, 100_000), 0)
    .option('--features', "also what a linear map reads in the encoder's features, without the language model")
    .option('--seed <n>', 'the seed that the models were trained with, for the table', wholeNumber(0, 1e9))
    .addOption(new OutputFile('--table <file>', 'write the rows as JSON', ['.json']))
    .addOption(new OutputFile('--picture <file>', 'write originals and paintings as one PNG', ['.png']))
    .addHelpText('after', EXAMPLES);
  addAppendOption(command);
  addRuntimeOptions(command).action((options: PixelsOptions) => run(options, context));
};

async function run(options: PixelsOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { findModel } = await import('../../model/index.js');
    const { languageAccuracy, writeGrid } = await import('../../training/pvp/index.js');
    output.live('loading the models …');
    await loadChosenTensorFlow(options);
    const names = options.model.length > 0 ? options.model : ['pae-lamm-mini', 'frozen-mini'];
    const folders = await Promise.all(names.map(findModel));
    const rows: Row[] = [];
    const language: (LanguageAccuracy & { model: string })[] = [];
    const grid: Labelled[][] = [];
    for (const folder of folders) {
      rows.push(...(await measure(folder, options, { output, grid, signal: interrupt.signal })));
      if (options.questions === 0) continue;
      output.live(`${basename(folder)}  questions and boxes`);
      const { split, questions: count } = options;
      language.push({ model: basename(folder), ...(await languageAccuracy(folder, { split, count })) });
    }
    output.clearLive();
    const table = language.length === 0 ? { rows } : { rows, language };
    if (options.table) await writeMeasured(options.table, table, { append: options.append === true });
    if (options.picture) await writeGrid(resolve(options.picture), grid, 2);
    output.result(table);
    for (const row of rows) output.print(describe(row));
    for (const entry of language) output.print(describeLanguage(entry));
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** Those kinds of pictures, at the size of the model; the others are not even looked for. */
async function picturesOf(folder: string, kinds: readonly PictureKind[]): Promise<Pictures> {
  const { openPictures } = await import('../../training/pvp/index.js');
  const { readModelConfig } = await import('../../model/index.js');
  const { image } = await readModelConfig(folder);
  const weight = (kind: PictureKind): number => (kinds.includes(kind) ? 1 : 0);
  const images = { photographs: weight('photographs'), scenes: weight('scenes'), games: weight('games') };
  return openPictures({ images, seed: 0, folders: [] }, image?.vision.imageSize ?? 0);
}

interface Surroundings {
  readonly output: Console;
  /** One row of pictures for each that was shown; every model adds its painting. */
  readonly grid: Labelled[][];
  readonly signal: AbortSignal;
}

async function measure(folder: string, options: PixelsOptions, { output, grid, signal }: Surroundings): Promise<Row[]> {
  const { addErrors, loadAnswerer, meanAbsoluteError, NO_ERRORS, reconstruct, signalToNoise } = await import(
    '../../training/pvp/index.js'
  );
  using answerer = await loadAnswerer(folder);
  const pictures = await picturesOf(folder, options.of);
  const rows: Row[] = options.features ? await measureFeatures(answerer, pictures, folder, options) : [];
  let place = 0;
  for (const kind of options.of) {
    const samples = pictures.heldOut(kind, options.split, options.images);
    let errors = NO_ERRORS;
    for (const [i, { image, origin }] of samples.entries()) {
      output.live(`${basename(folder)}  ${kind} ${i + 1}/${samples.length}`);
      const result = await reconstruct(answerer, image, { signal });
      errors = addErrors(errors, result.errors);
      grid[place] ??= [{ label: shortened(origin), picture: result.original }];
      const label = `${basename(folder)}: ${meanAbsoluteError(result.errors).toFixed(2)}`;
      grid[place]?.push({ label, picture: result.painted });
      place++;
    }
    if (samples.length === 0) continue;
    const means = { mae: meanAbsoluteError(errors), psnr: signalToNoise(errors) };
    rows.push({ ...whose(folder, options), set: kind, images: samples.length, ...means, unparsed: errors.unparsed });
  }
  return rows;
}

function whose(folder: string, { seed }: PixelsOptions): Pick<Row, 'model' | 'seed'> {
  return { model: basename(folder), seed: seed ?? null };
}

/** Training pictures that the linear map is fitted on. */
const FITTED = 600;

async function measureFeatures(
  { network, processing }: Answerer,
  pictures: Pictures,
  folder: string,
  options: PixelsOptions,
): Promise<Row[]> {
  const pvp = await import('../../training/pvp/index.js');
  const shown = Array.from({ length: FITTED }, (_, index) => pictures.any(index, 1).image);
  const readout = pvp.FeatureReadout.fit(network, processing, shown);
  return options.of.flatMap((kind) => {
    const samples = pictures.heldOut(kind, options.split, options.images);
    if (samples.length === 0) return [];
    const errors = samples
      .map(({ image }) => pvp.compareFrames(image, readout.paint(image)))
      .reduce(pvp.addErrors, pvp.NO_ERRORS);
    const means = { mae: pvp.meanAbsoluteError(errors), psnr: pvp.signalToNoise(errors) };
    const model = `${basename(folder)}: features`;
    return [{ ...whose(folder, options), model, set: kind, images: samples.length, ...means, unparsed: 0 }];
  });
}

function shortened(origin: string): string {
  return basename(origin).slice(0, 26);
}

function describe({ model, set, images, mae, psnr, unparsed }: Row): string {
  const cells = [model.padEnd(24), set.padEnd(12), `${images} images`.padEnd(10), `error ${mae.toFixed(2)}`.padEnd(13)];
  return [...cells, `PSNR ${psnr.toFixed(1)} dB`.padEnd(15), `unparsed ${unparsed}`].join('  ');
}

function describeLanguage({ model, count, questions, boxes }: LanguageAccuracy & { model: string }): string {
  const ofBoxes = `boxes ${percent(boxes.accuracy)} (mean overlap ${boxes.meanOverlap.toFixed(2)})`;
  const commonest = `always the commonest answer ${percent(questions.commonest)}`;
  const ofQuestions = `questions ${percent(questions.accuracy)} (${commonest})`;
  return `${model.padEnd(24)}  of ${count} each: ${ofQuestions}  ${ofBoxes}`;
}
