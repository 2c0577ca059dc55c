/** `agent train pvp`: pixel value prediction in three stages, or a frozen encoder in the same recipe. */
import { basename, extname, join, relative, resolve } from 'node:path';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { RunWatcher } from '../../training/pvp/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { formatDuration, percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent train pvp --config configs/training/pvp-mini.yaml
  $ agent train pvp --config configs/training/pvp-mini.yaml --frozen-encoder
  $ agent train pvp --config configs/training/pvp-mini-adapt.yaml --init runs/pvp-mini/stages/content
  $ agent train pvp --config configs/training/pvp-tiny.yaml --until 200

The same command goes on with a run that was interrupted, from its last saved state. docs/training.md`;

interface TrainPvpOptions extends RuntimeOptions {
  readonly config: string;
  readonly out?: string;
  readonly init?: string;
  readonly frozenEncoder?: boolean;
  readonly until?: number;
}

export const registerTrainPvp: Register = (group, context) => {
  const command = group
    .command('pvp')
    .description('pre-train PAE-LaMM on pixel values, in stages')
    .requiredOption('-c, --config <file>', 'the recipe: configs/training/pvp-*.yaml')
    .addOption(
      new OutputFolder('-o, --out <folder>', "folder of the run (default: runs/ and the recipe's name)", TRAINING),
    )
    .option('--init <model>', "checkpoint to begin with instead of the recipe's start")
    .option('--frozen-encoder', 'the same data and steps, but the vision encoder never learns')
    .option('--until <step>', 'stop after this step', wholeNumber(1, 1e9))
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((options: TrainPvpOptions) => trainPvp(options, context));
};

async function trainPvp(options: TrainPvpOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { readRecipe, runTraining, startOf, withFrozenEncoder } = await import('../../training/pvp/index.js');
  const given = await readRecipe(options.config);
  const begun = options.init === undefined ? given : { ...given, start: { checkpoint: options.init } };
  const recipe = options.frozenEncoder ? withFrozenEncoder(begun) : begun;
  const name = `${basename(options.config, extname(options.config))}${options.frozenEncoder ? '-frozen' : ''}`;
  const folder = resolve(options.out ?? join(projectPaths.runs, name));
  await loadChosenTensorFlow(options);
  using interrupt = listenForInterrupt(() => output.note('stopping after this step; the state is being saved …'));
  try {
    const result = await runTraining({
      recipe,
      folder,
      start: await startOf(recipe, folder, ({ explained, error }) => {
        if (explained === null || error === null) return;
        const told = `the encoder's features tell ${(100 * explained).toFixed(1)} % of the content of patches at the start`;
        output.note(`${told}; read with a mean error of ${error.toFixed(1)}`);
      }),
      signal: interrupt.signal,
      watcher: new ProgressLines(output),
      ...(options.until === undefined ? {} : { until: options.until }),
    });
    output.clearLive();
    output.result({ run: folder, ...result });
    output.print(`${result.status} at step ${result.steps}  model ${fromHere(result.model)}`);
    if (interrupt.exitCode !== undefined) {
      output.note('the same command goes on from here');
      context.setExitCode(interrupt.exitCode);
    }
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function fromHere(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter.startsWith('..') ? path : shorter;
}

/** Rates are over this many of the last steps. */
const WINDOW = 50;

class ProgressLines implements RunWatcher {
  readonly #recent: { at: number; queries: number }[] = [];
  #heldOut = '';

  constructor(private readonly output: Console) {}

  onStep({ step, total, stage, loss, queries }: Parameters<NonNullable<RunWatcher['onStep']>>[0]): void {
    const now = performance.now();
    this.#recent.push({ at: now, queries });
    if (this.#recent.length > WINDOW) this.#recent.shift();
    this.output.progress(() => {
      const seconds = (now - (this.#recent[0]?.at ?? now)) / 1000;
      const steps = this.#recent.length - 1;
      const done = this.#recent.slice(1).reduce((sum, entry) => sum + entry.queries, 0);
      const left = steps === 0 ? '' : `  ${formatDuration(((total - step) * seconds) / steps)} left`;
      const rate = steps === 0 ? '' : `  ${speed(done, steps, seconds)}`;
      return `${stage} ${step}/${total}  loss ${loss.toFixed(3)}${this.#heldOut}${rate}${left}`;
    });
  }

  onValidation({ step, errors, unparsed, language }: Parameters<NonNullable<RunWatcher['onValidation']>>[0]): void {
    const shown = Object.entries(errors).map(([kind, error]) => `${kind} ${error?.toFixed(2) ?? '-'}`);
    const right = Object.entries(language ?? {}).map(([task, share]) => `${task} ${percent(share)}`);
    this.#heldOut = `  held out ${[...shown, ...right].join(' ')}`;
    this.output.note(`step ${step}  held-out error: ${shown.join(', ')}; ${unparsed} answers were no colour`);
    if (right.length > 0) this.output.note(`step ${step}  right on held-out scenes: ${right.join(', ')}`);
  }
}

/** A step that asks for nothing, as of the task content, is counted itself. */
function speed(queries: number, steps: number, seconds: number): string {
  return queries > 0 ? `${(queries / seconds).toFixed(0)} queries/s` : `${(steps / seconds).toFixed(1)} steps/s`;
}
