/** A run that learns referring segmentation; one that was killed goes on as if nothing had been. */
import { join } from 'node:path';
import { makeFolder } from '../../core/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { type StepReport, saveModel, Trainer } from '../../model/learning/index.js';
import { Network } from '../../model/network/network.js';
import { Tokenizer } from '../../model/text/index.js';
import { type BatchStream, ThreadedBatches } from '../batch-stream.js';
import { overlapOfMasks } from '../masks/mask.js';
import type { Answerer } from '../pvp/answer-pixels.js';
import { runIdentity } from '../recipe.js';
import { type RunResult, TrainingRun } from '../run.js';
import { keptWeights } from '../start/kept-weights.js';
import { readyForMasks } from '../start/masks.js';
import { cumulativeIou } from './overlap.js';
import type { SegmentationRecipe } from './recipe.js';
import type { ReferringSet } from './referring-set.js';
import { segment } from './segment.js';
import { openReferringSet } from './sets/open.js';

const WORKER = new URL('./batch-worker.js', import.meta.url);

export interface SegmentationWatcher {
  onStep?(report: StepReport & { readonly total: number }): void;
  /** cIoU on held-out expressions, by set. */
  onValidation?(step: number, ciou: Readonly<Record<string, number>>): void;
}

export interface SegmentationRunOptions {
  readonly recipe: SegmentationRecipe;
  /** Folder of the run; what is there is continued. */
  readonly folder: string;
  /** Checkpoint that a new run begins with. */
  readonly init: string;
  /** Stop after this step even though the recipe has more. */
  readonly until?: number | undefined;
  readonly signal?: AbortSignal;
  readonly watcher?: SegmentationWatcher;
  /** Batches from elsewhere than a thread. */
  readonly batches?: BatchStream;
}

/**
 * Trains until the recipe, `until` or the signal ends it; whatever ends it, the state is saved and the model exported.
 * Rejects with `usage` where the folder holds another run.
 */
export async function trainSegmentation(options: SegmentationRunOptions): Promise<RunResult> {
  const { recipe, folder, init, signal, watcher } = options;
  await makeFolder(folder);
  using network = await Network.load(init);
  const tokenizer = await Tokenizer.load(init);
  // A recipe says so of a decoder that began with the codes of places, things and lines.
  if (recipe.keeps.includes('instructions')) readyForMasks(network, tokenizer);
  const trainer = new Trainer(network, settingsOf(recipe));
  trainer.learn(recipe.learning, recipe.optimizer.rates, keptWeights(network, recipe.keeps));
  const { validation, checkpoint_minutes: checkpointMinutes, ...decisive } = recipe;
  const identity = runIdentity({ ...decisive, init });
  const run = await TrainingRun.open({ folder, trainer, identity, checkpointMinutes, signal });
  const answerer = { network, tokenizer, processing: await readImageProcessing(init) };
  const sets = await openSets(recipe, network.image.vision.imageSize);
  const end = Math.min(options.until ?? recipe.steps, recipe.steps);
  await using batches = options.batches ?? new ThreadedBatches(WORKER, { recipe, folder: init }, end);
  const step = async (): Promise<StepReport> => trainer.step(await batches.next(trainer.steps));
  const status = await run.go(end, step, async (report) => {
    watcher?.onStep?.({ ...report, total: recipe.steps });
    if (report.step % validation.every !== 0 && report.step !== end) return;
    const ciou: Record<string, number> = {};
    for (const set of sets) {
      const own = await heldOutCiou(answerer, set, validation.expressions, signal);
      if (own === undefined) continue;
      ciou[set.name] = own;
      run.curve.measure(`held_out/${set.name}`, own, report.step);
    }
    watcher?.onValidation?.(report.step, ciou);
  });
  const model = join(folder, 'model');
  await saveModel(network, model, { dtype: 'float16', companions: init });
  return { steps: run.steps, status, model };
}

function settingsOf({ optimizer, steps, learning }: SegmentationRecipe): ConstructorParameters<typeof Trainer>[1] {
  const { peak, warmup, floor, rates, weight_decay: weightDecay } = optimizer;
  return {
    schedule: { peak, warmup, total: steps, floor },
    optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay, maxNorm: 1 },
    learning,
    ...(rates && { rates }),
  };
}

async function openSets({ sets, seed, images }: SegmentationRecipe, side: number): Promise<ReferringSet[]> {
  const opened: ReferringSet[] = [];
  for (const name of Object.keys(sets)) opened.push(await openReferringSet(name, { side, seed, images }));
  return opened;
}

/** Names of the split that training looks at: ours, and RefCOCO's. */
const VALIDATION = ['validation', 'val'] as const;

/** Undefined where the set has no such split, or the signal came. */
async function heldOutCiou(
  answerer: Answerer,
  set: ReferringSet,
  count: number,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const split = VALIDATION.find((name) => set.splits.includes(name));
  if (split === undefined) return undefined;
  const overlaps = [];
  for (let i = 0; i < Math.min(count, set.size(split)) && !signal?.aborted; i++) {
    const { image, expression, mask } = await set.at(split, i);
    overlaps.push(overlapOfMasks(mask, (await segment(answerer, image, expression)).mask));
  }
  return overlaps.length === 0 || signal?.aborted ? undefined : cumulativeIou(overlaps);
}
