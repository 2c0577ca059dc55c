/** What an episode adds up to: writer, reader and verification count the same way because they count here. */
import { resetLink, stepLink } from './chain.js';
import type { EpisodeResult, ResetLine, StepLine } from './record-schema.js';

type Totals = Pick<EpisodeResult, 'score' | 'decisions' | 'terminated' | 'truncated' | 'chain'>;

export class Tally {
  #totals: Totals;

  constructor(reset: Pick<ResetLine, 'observation'>) {
    this.#totals = { score: 0, decisions: 0, terminated: false, truncated: false, chain: resetLink(reset) };
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** Counts a step in and returns the chain with it. */
  add(step: Omit<StepLine, 'chain'>): string {
    const { score, decisions, chain } = this.#totals;
    this.#totals = {
      score: score + step.reward,
      decisions: decisions + 1,
      terminated: step.terminated,
      truncated: step.truncated,
      chain: stepLink(chain, step),
    };
    return this.#totals.chain;
  }
}
