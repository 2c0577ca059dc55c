/**
 * A contrastive training run in a folder that holds all of it: vocabulary, states, curve, measurements and the model.
 * What a step learns from follows from the recipe and the step's number, so a run that was interrupted goes on bit for
 * bit.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { makeFolder } from '../../core/index.js';
import { findModel } from '../../model/find-model.js';
import { readImageProcessing } from '../../model/image/index.js';
import type { StepReport } from '../../model/learning/index.js';
import { loadTensorFlow } from '../../model/runtime/index.js';
import { Tokenizer } from '../../model/text/index.js';
import type { ImageSample, ImageSource } from '../pictures/index.js';
import { encoderOf, measureReadout, type Readout } from '../readout/index.js';
import { type RunIdentity, runIdentity } from '../recipe.js';
import { type RunResult, TrainingRun } from '../run.js';
import { batchOf, type ClipInput, openCaptioned } from './batches.js';
import { readClipConfig } from './config.js';
import { saveClip, takeClipStart, writeClipStart } from './files.js';
import { ClipNetwork } from './network.js';
import { startPositions } from './position-start.js';
import type { ClipRecipe } from './recipe.js';
import { regionsOf } from './regions.js';
import { heldOutScenes, measureRetrieval, type Retrieval } from './retrieval.js';
import { startTowers } from './tower-start.js';
import { ClipTrainer } from './trainer.js';

export interface ClipRunWatcher {
  onStep?(report: StepReport & { readonly total: number }): void;
  /** What was measured on held-out scenes; the read-out only where the recipe asks for it. */
  onMeasured?(step: number, retrieval: Retrieval, readout: Readout | undefined): void;
}

export interface ClipRunOptions {
  readonly recipe: ClipRecipe;
  /** Folder of the run; what is there is continued. */
  readonly folder: string;
  /** Stop after this step even though the recipe has more. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  readonly watcher?: ClipRunWatcher;
}

export interface ClipRunResult extends RunResult {
  /** Among held-out scenes of the test split. */
  readonly retrieval: Retrieval;
}

const RETRIEVALS = 'retrieval.jsonl';

/**
 * Trains until the recipe, `until` or the signal ends it; whatever ends it, the state is saved and the model exported.
 * Rejects with `usage` where the folder holds a run of another recipe.
 */
export async function trainClip(options: ClipRunOptions): Promise<ClipRunResult> {
  const { recipe, folder, signal, watcher } = options;
  await loadTensorFlow();
  const source = await openCaptioned(recipe, signal);
  const start = await startOf(recipe, folder, source);
  using network = await beginning(recipe, start);
  const trainer = trainerOf(network, recipe);
  const checkpointMinutes = recipe.checkpoint_minutes;
  const run = await TrainingRun.open({ folder, trainer, identity: identityOf(recipe), checkpointMinutes, signal });
  const input: ClipInput = {
    tokenizer: await Tokenizer.load(start),
    processing: await readImageProcessing(start),
    context: recipe.text.context,
  };
  const end = Math.min(options.until ?? recipe.steps, recipe.steps);
  const step = () => trainer.step(batchOf(recipe, trainer.steps, source, input));
  const status = await run.go(end, step, async (report) => {
    watcher?.onStep?.({ ...report, total: recipe.steps });
    if (report.step % recipe.validation.every !== 0) return;
    const retrieval = measureRetrieval(network, heldOutOf(recipe, 'validation'), input);
    const readout = readoutOf(network, recipe, input);
    await keepMeasured(folder, report.step, { ...retrieval, ...(readout ? { readout } : {}) });
    noteMeasured(run.curve, report.step, retrieval, readout);
    watcher?.onMeasured?.(report.step, retrieval, readout);
  });
  const model = join(folder, 'model');
  await saveClip(network, model, { dtype: 'float16', start });
  const retrieval = measureRetrieval(network, heldOutOf(recipe, 'test'), input);
  return { steps: run.steps, status, model, retrieval };
}

function heldOutOf({ vision, validation }: ClipRecipe, split: 'validation' | 'test'): ImageSample[] {
  return heldOutScenes({ side: vision.image_size, split, count: validation.pictures });
}

/**
 * Vocabulary and configuration of the run, made when it begins, or taken over from the checkpoint that it begins with.
 */
async function startOf(recipe: ClipRecipe, folder: string, source: ImageSource): Promise<string> {
  const start = join(folder, 'start');
  if (existsSync(join(start, 'config.json'))) return start;
  if (recipe.checkpoint === undefined) await writeClipStart(start, recipe, captionsOf(recipe, source));
  else await takeClipStart(start, recipe, await findModel(recipe.checkpoint));
  return start;
}

/** The network as it is before the first step. */
async function beginning({ checkpoint, seed, vision, initial }: ClipRecipe, start: string): Promise<ClipNetwork> {
  if (checkpoint !== undefined) return ClipNetwork.load(await findModel(checkpoint));
  const network = await ClipNetwork.create(await readClipConfig(start), seed);
  if (initial === 'clip') startTowers(network.parameters, network.config, seed);
  if (vision.position_code) startPositions(network.parameters, network.config.vision);
  return network;
}

/**
 * Captions other than those of scenes, for the vocabulary: what the sources say of their first pictures and regions.
 */
function captionsOf({ regions, vision }: ClipRecipe, source: ImageSource): string[] {
  return Array.from({ length: 4000 }, (_, index) => source.sample('train', index)).flatMap((sample) => {
    const { caption, source: name } = sample;
    const own = caption === undefined || name === 'scenes' ? [] : [caption];
    return regions === 0 ? own : [...own, ...regionsOf(sample, vision.patch_size).flatMap(({ captions }) => captions)];
  });
}

function trainerOf(network: ClipNetwork, { optimizer, steps, regions, text_from: textFrom }: ClipRecipe): ClipTrainer {
  const { peak, warmup, floor, beta1, beta2, weight_decay: weightDecay, max_norm: maxNorm } = optimizer;
  const settings = { beta1, beta2, epsilon: 1e-8, weightDecay, maxNorm };
  return new ClipTrainer(
    network,
    { peak, warmup, total: steps, floor },
    settings,
    regions,
    Math.round(textFrom * steps),
  );
}

/** The measurements as TensorBoard events. */
function noteMeasured(
  curve: TrainingRun['curve'],
  step: number,
  retrieval: Retrieval,
  readout: Readout | undefined,
): void {
  for (const direction of ['imageToText', 'textToImage'] as const) {
    for (const rank of ['first', 'amongFive'] as const) {
      curve.measure(`held_out/${direction}/${rank}`, retrieval[direction][rank], step);
    }
  }
  for (const { attribute, object } of readout?.rows ?? []) curve.measure(`held_out/readout/${attribute}`, object, step);
}

function readoutOf(network: ClipNetwork, { validation }: ClipRecipe, { processing }: ClipInput): Readout | undefined {
  if (validation.scenes === 0) return undefined;
  const encoder = encoderOf(network.parameters, { vision: network.config.vision, processing });
  return measureReadout(encoder, { split: 'validation', scenes: validation.scenes });
}

/** One line a measurement; those of steps that were taken again are replaced. */
async function keepMeasured(folder: string, step: number, measured: object): Promise<void> {
  const path = join(folder, RETRIEVALS);
  const text = await readFile(path, 'utf8').catch(() => '');
  const earlier = text.split('\n').filter((line) => line !== '' && (JSON.parse(line) as { step: number }).step < step);
  await makeFolder(folder);
  await writeFileAtomic(path, `${[...earlier, JSON.stringify({ step, ...measured })].join('\n')}\n`);
}

/** What must be the same for a run to go on; how often it is looked at and saved may change. */
function identityOf({ validation: _, checkpoint_minutes: __, ...decisive }: ClipRecipe): RunIdentity {
  return runIdentity(decisive);
}
