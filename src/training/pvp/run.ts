/**
 * A pre-training run: stage after stage, in a folder that holds all of it. Everything a step learns from follows from
 * the recipe and the step's number, so a run that was killed goes on from its last state as if nothing had been.
 */
import { join } from 'node:path';
import { makeFolder } from '../../core/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { type StepReport, saveModel, Trainer } from '../../model/learning/index.js';
import { Network } from '../../model/network/network.js';
import { Tokenizer } from '../../model/text/index.js';
import { type BatchStream, ThreadedBatches } from '../batch-stream.js';
import { type RunIdentity, runIdentity } from '../recipe.js';
import { type RunResult, TrainingRun } from '../run.js';
import { keptWeights } from '../start/kept-weights.js';
import { heldOutErrors, type KindErrors } from './held-out.js';
import { heldOutLanguage } from './held-out-language.js';
import { HeldOutLog, type Validation } from './held-out-log.js';
import { meanAbsoluteError, type PixelErrors } from './picture-error.js';
import { openPictures } from './pictures.js';
import { type Recipe, stageAt, totalSteps } from './recipe.js';

const WORKER = new URL('./batch-worker.js', import.meta.url);

export interface RunWatcher {
  onStep?(report: StepReport & { readonly stage: string; readonly queries: number; readonly total: number }): void;
  onValidation?(validation: Validation): void;
}

export interface RunOptions {
  readonly recipe: Recipe;
  /** Folder of the run; what is there is continued. */
  readonly folder: string;
  /** Checkpoint that a new run begins with, and whose tokenizer and preprocessing are used throughout. */
  readonly start: string;
  /** Stop after this step even though the recipe has more. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  readonly watcher?: RunWatcher;
  /** Batches from elsewhere than a thread. */
  readonly batches?: BatchStream;
}

/**
 * Trains until the recipe, `until` or the signal ends it; whatever ends it, the state is saved and the model exported.
 * Rejects with `usage` where the folder holds a run of another recipe.
 */
export async function runTraining(options: RunOptions): Promise<RunResult> {
  const { recipe, folder, start, signal, watcher } = options;
  await makeFolder(folder);
  using network = await Network.load(start);
  const total = totalSteps(recipe);
  const trainer = new Trainer(network, trainerSettings(recipe, total));
  const checkpointMinutes = recipe.checkpoint_minutes;
  const run = await TrainingRun.open({ folder, trainer, identity: identityOf(recipe), checkpointMinutes, signal });
  const answerer = { network, tokenizer: await Tokenizer.load(start), processing: await readImageProcessing(start) };
  const pictures = await openPictures(recipe, network.image.vision.imageSize);
  const heldOut = await HeldOutLog.open(folder, trainer.steps);
  const end = Math.min(options.until ?? total, total);
  await using batches = options.batches ?? new ThreadedBatches(WORKER, { recipe, folder: start }, end);

  const kept = new Map(recipe.stages.map((stage) => [stage, keptWeights(network, stage.keeps)]));
  let queries = 0;
  let stage = stageAt(recipe, trainer.steps).stage;
  const step = async (): Promise<StepReport> => {
    ({ stage } = stageAt(recipe, trainer.steps));
    trainer.learn(stage.learning, stage.rates ?? recipe.optimizer.rates, kept.get(stage));
    const made = await batches.next(trainer.steps);
    queries = made.reduce((sum, { rows }) => rows.reduce((own, { answers }) => own + answers.length, sum), 0);
    return trainer.step(made);
  };
  const status = await run.go(end, step, async (report) => {
    watcher?.onStep?.({ ...report, stage: stage.name, queries, total });
    if (report.step % recipe.validation.every === 0 || report.step === end) {
      const kinds = await heldOutErrors(answerer, pictures, { split: 'validation', ...recipe.validation });
      const { questions } = recipe.validation;
      const language = questions > 0 ? await heldOutLanguage(answerer, questions) : undefined;
      const validation = { ...summarise(report.step, stage.name, kinds), ...(language && { language }) };
      for (const [task, share] of Object.entries(language ?? {})) {
        run.curve.measure(`held_out/${task}`, share, report.step);
      }
      for (const [kind, error] of Object.entries(validation.errors)) {
        if (error !== null) run.curve.measure(`held_out/${kind}`, error, report.step);
      }
      run.curve.measure('held_out/unparsed', validation.unparsed, report.step);
      await heldOut.add(validation);
      watcher?.onValidation?.(validation);
    }
    if (stageAt(recipe, trainer.steps).stage !== stage || report.step === total) {
      // What each stage came to, for `agent pixels`.
      await saveModel(network, join(folder, 'stages', stage.name), { dtype: 'float16', companions: start });
    }
  });
  const model = join(folder, 'model');
  await saveModel(network, model, { dtype: 'float16', companions: start });
  return { steps: run.steps, status, model };
}

function trainerSettings({ optimizer, stages }: Recipe, total: number): ConstructorParameters<typeof Trainer>[1] {
  const { peak, warmup, floor, rates, beta1, beta2, weight_decay: weightDecay, max_norm: maxNorm } = optimizer;
  return {
    schedule: { peak, warmup, total, floor },
    optimizer: { beta1, beta2, epsilon: 1e-8, weightDecay, maxNorm },
    learning: stages[0]?.learning ?? [],
    ...(rates && { rates }),
  };
}

function summarise(step: number, stage: string, kinds: readonly KindErrors[]): Validation {
  const meanOf = (errors: PixelErrors): number | null => (errors.parsed === 0 ? null : meanAbsoluteError(errors));
  return {
    step,
    stage,
    errors: Object.fromEntries(kinds.map(({ kind, errors }) => [kind, meanOf(errors)])),
    unparsed: kinds.reduce((sum, { errors }) => sum + errors.unparsed, 0),
  };
}

/** What must be the same for a run to go on; how often it is looked at and saved may change. */
function identityOf({ validation: _, checkpoint_minutes: __, ...decisive }: Recipe): RunIdentity {
  return runIdentity(decisive);
}
