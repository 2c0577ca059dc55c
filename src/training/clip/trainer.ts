/** Steps of contrastive training; saved and resumed as those of the language model are. */

import {
  AdamW,
  type AdamWSettings,
  gradientsOf,
  learningRateAt,
  type Schedule,
  type StepReport,
} from '../../model/learning/index.js';
import { CONTRASTIVE_PARTS, type Part } from '../../model/network/parameter-specs.js';
import { type ContrastiveBatch, contrastiveLoss } from './contrastive-loss.js';
import type { ClipNetwork } from './network.js';

const ALL: ReadonlySet<Part> = new Set(CONTRASTIVE_PARTS);
/** Without texts, whose projection is among what brings the towers together. */
const PICTURES: ReadonlySet<Part> = new Set(CONTRASTIVE_PARTS.filter((part) => part !== 'text'));
const TEXT_PROJECTION = 'contrast.text.kernel';
/** Where a token stands is no weight of a product: decay would only blur it (timm spares the same in its ViTs). */
const UNDECAYED: ReadonlySet<string> = new Set(['vision.positions', 'text.positions']);

export class ClipTrainer {
  readonly optimizer: AdamW;
  #done = 0;

  constructor(
    readonly network: ClipNetwork,
    private readonly schedule: Schedule,
    settings?: AdamWSettings,
    /** Weight of the regions' part of the loss. */
    private readonly regions = 1,
    /** The step from which on texts learn, too. */
    private readonly textFrom = 0,
  ) {
    this.optimizer = new AdamW(network.parameters, settings, UNDECAYED);
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#done;
  }

  resumeAt(steps: number): void {
    this.#done = steps;
  }

  /** One update. `tokens` of the report are pictures here. */
  async step(batch: ContrastiveBatch): Promise<StepReport> {
    const { parameters } = this.network;
    const learning = this.#done < this.textFrom ? PICTURES : ALL;
    const { loss, gradients: all } = await gradientsOf(parameters, learning, (differentiate) =>
      differentiate(() => contrastiveLoss(this.network, batch, this.regions)),
    );
    const gradients = learning === ALL ? all : new Map([...all].filter(([name]) => name !== TEXT_PROJECTION));
    const learningRate = learningRateAt(this.#done, this.schedule);
    const gradientNorm = this.optimizer.step(gradients, learningRate);
    this.#done++;
    return { step: this.#done, loss, tokens: batch.texts.length, learningRate, gradientNorm };
  }
}
