/** What every export is told. */
import { AgentError } from '../../core/index.js';
import type { Dataset } from '../dataset.js';

export interface ExportOptions {
  /** A new or empty folder. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onEpisode?: (done: number, all: number) => void;
}

/** Throws `usage` where there is nothing to export. */
export function requireSteps(dataset: Dataset, where: string): void {
  if (dataset.stepCount === 0) throw new AgentError('usage', 'the dataset has no episodes yet', { where });
}
