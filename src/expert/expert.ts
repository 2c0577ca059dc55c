/** An expert from a folder: what it would do about stacks of pictures, how sure it is, and what it expects. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExpertConfig, readExpertConfig } from './config.js';
import { ExpertNetwork, type NetworkOutput } from './network.js';
import { ObservationHistory, type PictureStack } from './observation-history.js';

/** One decision. */
export interface ExpertDecision {
  /** Index of the best action, or a vector within the bounds of a continuous expert. */
  readonly action: number | readonly number[];
  /** Logits, Q-values or action means, as the network gave them. */
  readonly scores: readonly number[];
  /** Probabilities of the actions; null where the scores are no logits. */
  readonly probabilities: readonly number[] | null;
  /** Expected return, discounted, in the game's points (an imported expert's: in the scale of its training). */
  readonly value: number | null;
}

export class Expert implements Disposable {
  private constructor(
    readonly directory: string,
    readonly config: ExpertConfig,
    /** SHA-256 of the weights: the checkpoint's name in records and tables. */
    readonly weightsHash: string,
    private readonly network: ExpertNetwork,
  ) {}

  /** Rejects with `checkpoint` where the folder holds no whole expert. */
  static async load(directory: string): Promise<Expert> {
    const config = await readExpertConfig(join(directory, 'config.json'));
    const network = await ExpertNetwork.load(directory, config);
    const bytes = await readFile(join(directory, 'model.safetensors'));
    return new Expert(directory, config, createHash('sha256').update(bytes).digest('hex'), network);
  }

  /** The history of a new episode. */
  createHistory(): ObservationHistory {
    return new ObservationHistory(this.config.preprocessing);
  }

  /** One decision for each stack, in order; all in one run of the network. */
  decide(batch: readonly PictureStack[]): ExpertDecision[] {
    return this.network.run(batch).map((output) => this.#decision(output));
  }

  [Symbol.dispose](): void {
    this.network[Symbol.dispose]();
  }

  #decision({ policy, value }: NetworkOutput): ExpertDecision {
    const { actions, value_scale } = this.config;
    return {
      action: actions.kind === 'continuous' ? bounded(policy, actions) : indexOfHighest(policy),
      scores: policy,
      probabilities: actions.kind === 'categorical' ? softmax(policy) : null,
      value: value === null ? null : value * (value_scale ?? 1),
    };
  }
}

/** The first of the highest. */
export function indexOfHighest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] as number) ? index : best), 0);
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function bounded(means: readonly number[], { low = [], high = [], squash }: ExpertConfig['actions']): number[] {
  return means.map((mean, i) => {
    const [from, to] = [low[i] as number, high[i] as number];
    return squash ? from + 0.5 * (Math.tanh(mean) + 1) * (to - from) : Math.min(to, Math.max(from, mean));
  });
}
