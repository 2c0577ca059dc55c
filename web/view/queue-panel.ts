/** Who plays an evaluation for a queue's coordinator, how fast, and what was refused. */
import type { EvaluationRow } from '../../src/view/protocol.js';
import { el } from './dom.js';
import { queueInWords } from './queue-words.js';

type QueueProgress = NonNullable<EvaluationRow['queue']>;

/** Nothing of an evaluation that no queue plays. */
export function queuePanels(evaluations: readonly EvaluationRow[]): HTMLElement[] {
  return evaluations.flatMap(({ run, queue }) => (queue === null ? [] : [panelOf(run, queue)]));
}

function panelOf(run: string, queue: QueueProgress): HTMLElement {
  const { workers, shown } = queue;
  const more = workers - shown.length;
  return el(
    'details',
    { class: 'queue' },
    el('summary', {}, `${run}: ${queueInWords(queue)}`),
    el(
      'ul',
      {},
      shown.map(({ worker, row, active, played }) =>
        el('li', {}, `${worker}: ${row ?? 'waits'}, ${active} being played, ${played} played`),
      ),
      more > 0 && el('li', {}, `and ${more} more`),
    ),
  );
}
