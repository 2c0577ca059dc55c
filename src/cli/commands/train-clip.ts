/** `agent train clip`: the small CLIP whose vision tower the models begin with. */
import { basename, extname, join, resolve } from 'node:path';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { ClipRunWatcher, Retrieval } from '../../training/clip/index.js';
import type { ReadoutRow } from '../../training/readout/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent train clip --config configs/training/clip-mini.yaml
  $ agent train clip --config configs/training/clip-objects.yaml --precision bfloat16
  $ agent train clip --config configs/training/clip-mini.yaml --threads 1 --until 100

The same command goes on with a run that was interrupted, from its last saved state. Pictures: docs/training-data.md`;

interface TrainClipOptions extends RuntimeOptions {
  readonly config: string;
  readonly out?: string;
  readonly init?: string;
  readonly until?: number;
}

export const registerTrainClip: Register = (group, context) => {
  const command = group
    .command('clip')
    .description('train a small CLIP on pictures with captions')
    .requiredOption('-c, --config <file>', 'the recipe: configs/training/clip-*.yaml')
    .addOption(
      new OutputFolder('-o, --out <folder>', "folder of the run (default: runs/ and the recipe's name)", TRAINING),
    )
    .option('--init <model>', 'a CLIP to begin with instead of a new one')
    .option('--until <step>', 'stop after this step', wholeNumber(1, 1e9))
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((options: TrainClipOptions) => train(options, context));
};

async function train(options: TrainClipOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { readClipRecipe, trainClip } = await import('../../training/clip/index.js');
  const given = await readClipRecipe(options.config);
  const recipe = options.init === undefined ? given : { ...given, checkpoint: options.init };
  const folder = resolve(options.out ?? join(projectPaths.runs, basename(options.config, extname(options.config))));
  const { until } = options;
  await loadChosenTensorFlow(options);
  using interrupt = listenForInterrupt(() => output.note('stopping after this step; the state is being saved …'));
  try {
    const watcher = watch(output);
    const chosen = until === undefined ? {} : { until };
    const result = await trainClip({ recipe, folder, signal: interrupt.signal, watcher, ...chosen });
    output.clearLive();
    output.result({ run: folder, ...result });
    output.print(`${result.status} at step ${result.steps}  ${describe(result.retrieval)}`);
    output.print(`  ${result.model}`);
    if (interrupt.exitCode === undefined) return;
    output.note('the same command goes on from here');
    context.setExitCode(interrupt.exitCode);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function watch(output: Console): ClipRunWatcher {
  let before = performance.now();
  return {
    onStep: ({ step, total, loss }) => {
      const seconds = (performance.now() - before) / 1000;
      before = performance.now();
      output.progress(() => `step ${step}/${total}  loss ${loss.toFixed(3)}  ${seconds.toFixed(1)} s a step`);
    },
    onMeasured: (step, retrieval, readout) => {
      output.note(`step ${step}: ${describe(retrieval)}`);
      if (readout) output.note(`  a linear map reads ${readout.rows.map(share).join(', ')}`);
    },
  };
}

const share = ({ attribute, object }: ReadoutRow): string => `${attribute} ${percent(object)}`;

function describe({ pictures, imageToText, textToImage }: Retrieval): string {
  return (
    `among ${pictures} held-out scenes the right caption is first for ${percent(imageToText.first)}, ` +
    `the right picture for ${percent(textToImage.first)}`
  );
}
