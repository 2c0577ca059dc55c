/** How far a queue's workers are, in words. */
import type { EvaluationRow } from '../../src/view/protocol.js';

type QueueProgress = NonNullable<EvaluationRow['queue']>;

/** One sentence on how far it is; a number of one is told as one. */
export function queueInWords({ open, accepted, refused, perSecond, workers }: QueueProgress): string {
  const many = (count: number, one: string): string =>
    `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;
  const speed = `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} episodes/s`;
  const left = `${open.toLocaleString('en-US')} open`;
  const lies = `${many(refused, 'answer')} refused`;
  return [`${many(accepted, 'episode')} came in`, left, speed, lies, many(workers, 'worker')].join(', ');
}
