/** `agent train segment`: a model learns referring segmentation. */
import { basename, extname, join, resolve } from 'node:path';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { SegmentationWatcher } from '../../training/segmentation/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { formatDuration } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent train segment --config configs/training/segment-mini.yaml --init pae-lamm-mini
  $ agent train segment --config configs/training/segment-mini.yaml --init frozen-mini --out runs/segment-frozen

The same command goes on with a run that was interrupted, from its last saved state. docs/segmentation.md`;

interface TrainSegmentOptions extends RuntimeOptions {
  readonly config: string;
  readonly init: string;
  readonly out?: string;
  readonly until?: number;
}

export const registerTrainSegment: Register = (group, context) => {
  const command = group
    .command('segment')
    .description('fine-tune a model to referring segmentation')
    .requiredOption('-c, --config <file>', 'the recipe: configs/training/segment-*.yaml')
    .requiredOption('--init <model>', 'checkpoint to begin with: a folder, or a name in models/')
    .addOption(
      new OutputFolder('-o, --out <folder>', "folder of the run (default: runs/ and the recipe's name)", TRAINING),
    )
    .option('--until <step>', 'stop after this step', wholeNumber(1, 1e9))
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((options: TrainSegmentOptions) => trainSegment(options, context));
};

async function trainSegment(options: TrainSegmentOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { findModel } = await import('../../model/index.js');
  const { readSegmentationRecipe, trainSegmentation } = await import('../../training/segmentation/index.js');
  const recipe = await readSegmentationRecipe(options.config);
  const init = await findModel(options.init);
  const folder = resolve(options.out ?? join(projectPaths.runs, basename(options.config, extname(options.config))));
  await loadChosenTensorFlow(options);
  using interrupt = listenForInterrupt(() => output.note('stopping after this step; the state is being saved …'));
  try {
    const { signal } = interrupt;
    const result = await trainSegmentation({
      ...{ recipe, folder, init, signal, until: options.until },
      watcher: progressOf(output),
    });
    output.clearLive();
    output.result({ run: folder, ...result });
    output.print(`${result.status} at step ${result.steps}  model ${result.model}`);
    if (interrupt.exitCode !== undefined) {
      output.note('the same command goes on from here');
      context.setExitCode(interrupt.exitCode);
    }
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** The time left goes by the steps of this start. */
function progressOf(output: Console): SegmentationWatcher {
  let began: { readonly at: number; readonly step: number } | undefined;
  let heldOut = '';
  return {
    onStep: ({ step, total, loss }) => {
      const now = performance.now();
      began ??= { at: now, step };
      const { at, step: first } = began;
      output.progress(() => {
        const left =
          step === first ? '' : `  ${formatDuration(((total - step) * (now - at)) / (step - first) / 1000)} left`;
        return `step ${step}/${total}  loss ${loss.toFixed(3)}${heldOut}${left}`;
      });
    },
    onValidation: (step, ciou) => {
      heldOut = `  held out ${Object.entries(ciou)
        .map(([set, value]) => `${set} ${value.toFixed(1)}`)
        .join(' ')}`;
      output.note(`step ${step}${heldOut} cIoU`);
    },
  };
}
