/** How long the rest of an experiment takes, by what its finished jobs took. */
import { mean } from '../evaluation/index.js';
import type { Job } from './plan.js';
import type { Done } from './table.js';

/** Seconds a unit of work, as finished jobs took them: an update of a game, an evaluation of a game. */
interface Measured {
  readonly game: string;
  readonly seconds: number;
}

/**
 * Seconds until all is done; null as long as a training or an evaluation is left and none was measured. What was
 * measured of the same game counts, else that of any game.
 */
export function timeLeft(jobs: readonly Job[], done: Done, workers: number): number | null {
  const updates: Measured[] = [];
  const evaluations: Measured[] = [];
  for (const { game, ...job } of jobs) {
    const result = done.get(job.folder);
    const { training, evaluation } = (result?.seconds ?? {}) as Partial<Record<string, number | null>>;
    if (job.kind === 'training' && training != null) updates.push({ game, seconds: training / job.updates });
    if (job.kind === 'training' && evaluation != null) evaluations.push({ game, seconds: evaluation });
  }
  let sum = 0;
  for (const job of jobs) {
    if (job.kind === 'collect' || done.has(job.folder)) continue;
    sum += usual(evaluations, job.game) + (job.kind === 'training' ? job.updates * usual(updates, job.game) : 0);
  }
  return Number.isNaN(sum) ? null : sum / workers;
}

function usual(measured: readonly Measured[], game: string): number {
  const same = measured.filter((one) => one.game === game);
  return mean((same.length > 0 ? same : measured).map(({ seconds }) => seconds));
}
