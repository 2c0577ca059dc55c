/** `agent segment`: the mask of what words refer to in a picture, or how well a model finds such masks. */
import { basename, extname, join, resolve } from 'node:path';
import { AgentError, makeFolder, writeFileAtomic } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import type {
  MeasuredSet,
  SegmentationDifference,
  SegmentationRow,
  SegmentationTable,
} from '../../segmentation/index.js';
import type { ReferringSet } from '../../training/segmentation/index.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { writeMeasured } from '../shared/measured-table.js';
import { addAppendOption, OutputFile, OutputFolder } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { align, percent, range } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent segment picture.png "the red ring left of the square" --model runs/segment-mini/model
  $ agent segment --evaluate scenes --model runs/a/model --model runs/b/model --table segmentation.json
  $ agent segment --evaluate "refcoco/refs(unc).p" --images train2014 --split testA --model runs/a/model

A model is asked for the box first, then for every pixel in it. cIoU: all intersections over all unions; mIoU: the mean
over expressions; both in points of 100. Differences are paired by expression.`;

interface SegmentOptions extends RuntimeOptions {
  readonly model?: readonly string[];
  readonly out?: string;
  readonly evaluate?: readonly string[];
  readonly split: string;
  readonly images?: string;
  readonly count: number;
  readonly seed?: number;
  readonly table?: string;
  readonly append?: true;
  readonly sheet?: string;
}

export const registerSegment: Register = (program, context) => {
  const command = program
    .command('segment')
    .description('find what words refer to in a picture: its box and its mask')
    .argument('[image]', 'a picture file')
    .argument('[expression]', 'what to find, such as "the red ring left of the square"')
    .option('--model <dir>', 'checkpoint: a folder, or a name in models/; with --evaluate several', several)
    .addOption(new OutputFolder('-o, --out <folder>', 'where mask, overlay and JSON go (default: runs/segment-NAME)'))
    .option('--evaluate <set>', 'measure on scenes, cutouts, games or a refs(…).p file; may be repeated', several)
    .option('--split <split>', 'which expressions of a set', 'test')
    .option('--images <folder>', "COCO's photographs, for a refs(…).p file")
    .option('--count <n>', 'expressions of a set', wholeNumber(2, 1_000_000), 300)
    .option('--seed <n>', 'the seed that the models were trained with, for the table', wholeNumber(0, 1e9))
    .addOption(new OutputFile('--table <file>', 'write rows and differences as JSON', ['.json']))
    .addOption(new OutputFile('--sheet <file>', 'write the best, middle and worst of the first model as PNG', ['.png']))
    .addHelpText('after', EXAMPLES);
  addAppendOption(command);
  addRuntimeOptions(command).action((image: string | undefined, expression: string | undefined, options) =>
    run(image, expression, options, context),
  );
};

async function run(
  image: string | undefined,
  expression: string | undefined,
  options: SegmentOptions,
  context: CommandContext,
): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    if (options.evaluate) await evaluate(options.evaluate, options, output, interrupt.signal);
    else await segmentOne(image, expression, options, output, interrupt.signal);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function segmentOne(
  image: string | undefined,
  expression: string | undefined,
  options: SegmentOptions,
  output: Console,
  signal: AbortSignal,
): Promise<void> {
  if (image === undefined || expression === undefined || expression.trim() === '') {
    throw new AgentError('usage', 'what shall be found, and in which picture?', {
      expected: 'a picture file and the words for one thing in it, or --evaluate SET',
      next: 'agent segment picture.png "the red ring" --model DIR',
    });
  }
  const { findModel, readPicture } = await import('../../model/index.js');
  const [folder] = await Promise.all(modelsOf(options).slice(0, 1).map(findModel));
  const picture = await readPicture(image);
  await loadChosenTensorFlow(options);
  const { loadAnswerer } = await import('../../training/pvp/index.js');
  const { requireMaskTokens, segment } = await import('../../training/segmentation/index.js');
  const { framePng, maskPng, overlay, segmentAnswer } = await import('../../segmentation/index.js');
  using answerer = await loadAnswerer(folder as string);
  requireMaskTokens(answerer.tokenizer, folder as string);
  const answer = await segment(answerer, picture, expression, { signal });
  const told = segmentAnswer(expression, answer);
  const out = resolve(options.out ?? join(projectPaths.runs, `segment-${basename(image, extname(image))}`));
  await makeFolder(out);
  await writeFileAtomic(join(out, 'mask.png'), await maskPng(answer.mask));
  await writeFileAtomic(join(out, 'overlay.png'), await framePng(overlay(picture, answer.mask, answer.box)));
  await writeFileAtomic(join(out, 'answer.json'), `${JSON.stringify(told, null, 1)}\n`);
  output.result({ folder: out, ...told });
  const { box, area, asked, milliseconds } = told;
  output.print(`box ${box ? `[${box.join(', ')}]` : `none: the model answered ${JSON.stringify(told.box_answer)}`}`);
  output.print(`mask ${area} pixels, ${asked} asked, ${milliseconds} ms`);
  output.print(`folder ${out}`);
}

/** Throws `usage` where no model is named: none that is shipped was taught masks. */
function modelsOf({ model }: SegmentOptions): readonly string[] {
  if (model) return model;
  throw new AgentError('usage', 'which model shall be asked?', {
    expected: '--model with a checkpoint that agent train segment made',
    next: 'docs/segmentation.md says how to train one',
  });
}

async function evaluate(
  names: readonly string[],
  options: SegmentOptions,
  output: Console,
  signal: AbortSignal,
): Promise<void> {
  const { findModel } = await import('../../model/index.js');
  const folders = await Promise.all(modelsOf(options).map(findModel));
  await loadChosenTensorFlow(options);
  const { readModelConfig } = await import('../../model/index.js');
  const { openReferringSet } = await import('../../training/segmentation/index.js');
  const { exampleRows, measureModel, segmentationTable } = await import('../../segmentation/index.js');
  const { split, images, count } = options;
  const { image } = await readModelConfig(folders[0] as string);
  const side = image?.vision.imageSize ?? 96;
  const answered: MeasuredSet[] = [];
  for (const name of names) {
    const set = await openReferringSet(name, { side, seed: 1, images });
    requireExpressions(set, split);
    for (const folder of folders) {
      const model = nameOf(folder);
      const onExpression = (done: number, of: number): void => output.live(`${model}  ${set.name}  ${done} of ${of}`);
      const measured = await measureModel(folder, set, { split, count, signal, onExpression });
      answered.push({ model, seed: options.seed ?? null, set: set.name, split, measured });
    }
    const [first] = answered.slice(-folders.length);
    if (options.sheet && first && name === names[0]) {
      const { writeGrid } = await import('../../training/pvp/index.js');
      await writeGrid(resolve(options.sheet), await exampleRows(folders[0] as string, set, split, first.measured), 1);
    }
  }
  output.clearLive();
  const table = segmentationTable(answered);
  if (options.table) await writeMeasured(options.table, table, { append: options.append === true });
  output.result(table);
  output.block(text(table));
}

function requireExpressions({ name, splits, size }: ReferringSet, split: string): void {
  if (splits.includes(split) && size(split) > 0) return;
  throw new AgentError('usage', `the set ${name} has nothing to measure on in ${split}`, {
    expected: `--split with one of ${splits.join(', ')}`,
    got: split,
    next: 'agent setup --photographs fetches the cut-outs',
  });
}

/** `model` alone says nothing of whose it is. */
function nameOf(folder: string): string {
  const name = basename(folder);
  return name === 'model' ? basename(resolve(folder, '..')) : name;
}

function text({ rows, paired }: SegmentationTable): string {
  const header = ['model', 'set', 'images', 'cIoU', '95 %', 'mIoU', 'P@0.5', 'P@0.7', 'P@0.9', 'box', 'ms'];
  const lines = rows.map((row: SegmentationRow) => [
    ...[row.model, row.set, `${row.images}`, row.ciou.toFixed(1), range(row.ciou_interval), row.miou.toFixed(1)],
    ...[row.precision50, row.precision70, row.precision90, row.box].map((share) => percent(share)),
    `${row.milliseconds}`,
  ]);
  const pairs = paired.map((row: SegmentationDifference) => [
    ...[`${row.a} - ${row.b}`, row.set, row.difference.toFixed(1), range(row.interval)],
  ]);
  const differences = pairs.length > 0 ? [align([['difference', 'set', 'cIoU', '95 %'], ...pairs])] : [];
  return [align([header, ...lines]), ...differences].join('\n\n');
}
