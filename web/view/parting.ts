/** Where episodes part, as far as they were read: it is looked for again as they come. */
import { findPartings } from '../../src/replay/divergence.js';
import type { Episode } from './episode.js';

export class Parting {
  /** The first decision at which not all did the same; null where there is none so far. */
  step: number | null = null;
  #read = -1;

  constructor(private readonly episodes: readonly Episode[]) {}

  /** To be called when more may be known. What was found stays: nothing earlier can come. */
  look(): void {
    const read = this.episodes.reduce((sum, { last }) => sum + last, 0);
    if (this.episodes.length < 2 || this.step !== null || read === this.#read) return;
    this.#read = read;
    // Beyond the end of the shortest nothing can be compared.
    const end = 1 + Math.min(...this.episodes.map(({ last }) => last));
    const decisions = this.episodes.map(({ series }) =>
      series.executed.slice(1, end).map((action, index) => ({ action, score: series.score[index + 1] ?? 0 })),
    );
    const found = findPartings(decisions, 1).find(({ why }) => why === 'first different action');
    this.step = found?.step ?? null;
  }

  get words(): string {
    const starts = new Set(this.episodes.map(({ facts: { row } }) => `${row.game} ${row.seed}`));
    if (starts.size > 1) return 'These are not of one game and seed.';
    if (this.step !== null) return `They first part at decision ${this.step}.`;
    return this.episodes.every(({ progress }) => progress?.isRead)
      ? 'They never part.'
      : 'They have not parted so far.';
  }
}
