/**
 * One step of training after another, and everything needed to go on after an interruption as if there had been none.
 * The trainer knows no data: whoever drives it derives a step's batches from the seed and the step's number, so that
 * these two are the whole random state.
 */
import type { Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { meanOver } from './accumulate.js';
import { AdamW, type AdamWSettings } from './adamw.js';
import { type LossAndGradients, lossAndGradients, type TrainingBatch } from './loss.js';
import { learningRateAt, type Schedule } from './schedule.js';

export interface TrainerSettings {
  readonly schedule: Schedule;
  readonly optimizer?: AdamWSettings;
  /** The parts that learn; the others stay as they are, bit for bit. */
  readonly learning: readonly Part[];
}

/** What a step did. */
export interface StepReport {
  /** From 1 on. */
  readonly step: number;
  readonly loss: number;
  /** Answer tokens that the loss is over, each counted by its weight. */
  readonly tokens: number;
  readonly learningRate: number;
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number;
}

export class Trainer {
  readonly optimizer: AdamW;
  private learning: ReadonlySet<Part>;
  private done = 0;

  constructor(
    readonly network: Network,
    readonly settings: TrainerSettings,
  ) {
    this.optimizer = new AdamW(network.parameters, settings.optimizer);
    this.learning = new Set(settings.learning);
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.done;
  }

  /** From the next step on these parts learn; those that learnt before keep their moments for when they do again. */
  learn(parts: readonly Part[]): void {
    this.learning = new Set(parts);
  }

  /** Goes on at a step that was saved; the optimizer's moments are restored beside it. */
  resumeAt(steps: number): void {
    this.done = steps;
  }

  /** One update from the mean over `batches` (more than one: gradient accumulation). */
  async step(batches: Iterable<TrainingBatch>): Promise<StepReport> {
    const { loss, tokens, gradients } = await meanOver(this.computeEach(batches));
    const learningRate = learningRateAt(this.done, this.settings.schedule);
    const gradientNorm = this.optimizer.step(gradients, learningRate);
    this.done++;
    return { step: this.done, loss, tokens, learningRate, gradientNorm };
  }

  /** Lazily, so that only one batch's gradients and their sum are in memory. */
  private *computeEach(batches: Iterable<TrainingBatch>): Generator<Promise<LossAndGradients>> {
    for (const batch of batches) yield lossAndGradients(this.network, batch, this.learning);
  }
}
