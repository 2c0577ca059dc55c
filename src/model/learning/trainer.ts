/**
 * One step of training after another, and everything needed to go on after an interruption as if there had been none.
 * The trainer knows no data: whoever drives it derives a step's batches from the seed and the step's number, so that
 * these two are the whole random state.
 */
import type { Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { meanOver } from './accumulate.js';
import { AdamW, type AdamWSettings } from './adamw.js';
import { EncoderMemory } from './encoder-memory.js';
import { type LossAndGradients, lossAndGradients } from './loss.js';
import type { TrainingBatch } from './prepared-batch.js';
import { learningRateAt, type Schedule } from './schedule.js';

export interface TrainerSettings {
  readonly schedule: Schedule;
  readonly optimizer?: AdamWSettings;
  /** Learning rate of a part relative to the schedule's; 1 where none is given. */
  readonly rates?: PartRates;
  /** The parts that learn; the others stay as they are, bit for bit. */
  readonly learning: readonly Part[];
}

/** Learning rates of parts relative to the schedule's. */
export type PartRates = Readonly<Partial<Record<Part, number>>>;

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
  readonly #partOf: ReadonlyMap<string, Part>;
  #rates: PartRates;
  #kept: ReadonlyMap<string, Uint8Array> | undefined;
  #learning: ReadonlySet<Part>;
  #memory: EncoderMemory;
  #done = 0;

  constructor(
    readonly network: Network,
    readonly settings: TrainerSettings,
  ) {
    this.optimizer = new AdamW(network.parameters, settings.optimizer);
    this.#learning = new Set(settings.learning);
    this.#memory = new EncoderMemory(network);
    this.#partOf = new Map(network.parameters.specs.map(({ name, part }) => [name, part]));
    this.#rates = settings.rates ?? {};
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#done;
  }

  /**
   * From the next step on these parts learn; those that learnt before keep their moments for when they do again.
   * @param rates instead of the settings'.
   * @param kept by a parameter's name, 1 for each of its values that stays as it is.
   */
  learn(
    parts: readonly Part[],
    rates: PartRates = this.settings.rates ?? {},
    kept?: ReadonlyMap<string, Uint8Array>,
  ): void {
    this.#kept = kept;
    this.#learning = new Set(parts);
    this.#memory = new EncoderMemory(this.network);
    this.#rates = rates;
  }

  /** Goes on at a step that was saved; the optimizer's moments are restored beside it. */
  resumeAt(steps: number): void {
    this.#done = steps;
  }

  /** One update from the mean over `batches` (more than one: gradient accumulation). */
  async step(batches: Iterable<TrainingBatch>): Promise<StepReport> {
    const { loss, tokens, gradients } = await meanOver(this.#computeEach(batches));
    const learningRate = learningRateAt(this.#done, this.settings.schedule);
    const gradientNorm = this.optimizer.step(gradients, (name) => learningRate * this.#relativeRate(name), this.#kept);
    this.#done++;
    return { step: this.#done, loss, tokens, learningRate, gradientNorm };
  }

  /** A part that begins to learn late has a warm-up of its own: the optimizer knows nothing of its gradients yet. */
  #relativeRate(name: string): number {
    const own = this.optimizer.moments.get(name)?.steps ?? 0;
    const { warmup } = this.settings.schedule;
    const rise = own === this.#done || own >= warmup ? 1 : (own + 1) / warmup;
    return rise * (this.#rates[this.#partOf.get(name) as Part] ?? 1);
  }

  /** Lazily, so that only one batch's gradients and their sum are in memory. */
  *#computeEach(batches: Iterable<TrainingBatch>): Generator<Promise<LossAndGradients>> {
    for (const batch of batches) yield lossAndGradients(this.network, batch, this.#learning, this.#memory);
  }
}
