/** `agent features`: what can be read in vision encoders, without any language model. */
import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import { writeFileAtomic } from '../../core/index.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { FeatureRow, ReadoutRow } from '../../training/readout/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { OutputFile } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent features
  $ agent features clip-objects pae-lamm-objects
  $ agent features --table runs/reference/clip.json

Of each object in held-out drawn scenes a linear map tells colour, shape, size, pattern and place by the features of the
patches that it lies in (object), or by the mean of a whole picture in which it is alone (picture). The map is fitted on
other scenes; the encoder stays as it is. Beside each share: what the commonest answer would be right in. Of a CLIP
also: in how many of 256 held-out scenes the right picture comes first for a caption, and the right caption for a
picture.`;

interface FeaturesOptions extends RuntimeOptions {
  readonly split: 'validation' | 'test';
  readonly scenes: number;
  readonly layer?: number;
  readonly table?: string;
}

export const registerFeatures: Register = (program, context) => {
  const command = program
    .command('features')
    .description('measure what a linear map reads in vision encoders, and retrieval')
    .argument('[model...]', 'folders of CLIPs or models, or names in models/ (default: clip-objects)')
    .addOption(new Option('--split <split>', 'which held-out scenes').choices(['validation', 'test']).default('test'))
    .option(
      '--scenes <n>',
      'scenes that maps are fitted on; a third as many are tested',
      wholeNumber(30, 100_000),
      1500,
    )
    .option('--layer <n>', 'whose features, counted from the last where negative (default: -2)', Number)
    .addOption(new OutputFile('--table <file>', 'write the rows as JSON', ['.json']))
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((names: string[], options: FeaturesOptions) => run(names, options, context));
};

async function run(names: readonly string[], options: FeaturesOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { findModel } = await import('../../model/index.js');
  const { measureFeatures } = await import('../../training/readout/index.js');
  await loadChosenTensorFlow(options);
  const { split, scenes, layer, table: path } = options;
  const rows: FeatureRow[] = [];
  for (const folder of await Promise.all((names.length > 0 ? names : ['clip-objects']).map(findModel))) {
    output.live(`${basename(folder)} …`);
    rows.push(await measureFeatures(folder, { split, scenes, ...(layer === undefined ? {} : { layer }) }));
  }
  output.clearLive();
  if (path) await writeFileAtomic(resolve(path), `${JSON.stringify({ rows }, null, 1)}\n`);
  output.result({ rows });
  for (const row of rows) output.block(describe(row));
}

function describe({ model, layer, tested, retrieval, attributes }: FeatureRow): string {
  const line = ({ attribute, object, objectChance, picture, pictureChance }: ReadoutRow): string =>
    `  ${attribute.padEnd(8)} object ${percent(object).padStart(7)} (chance ${percent(objectChance).padStart(7)})` +
    `  picture ${percent(picture).padStart(7)} (chance ${percent(pictureChance).padStart(7)})`;
  const head = `${model}, features of layer ${layer}, ${tested} objects`;
  const found = retrieval
    ? [
        `  among ${retrieval.pictures} the right picture is first for ${percent(retrieval.textToImage.first)}, ` +
          `the right caption for ${percent(retrieval.imageToText.first)} (chance ${percent(1 / retrieval.pictures)})`,
      ]
    : [];
  return [head, ...attributes.map(line), ...found].join('\n');
}
