/** Who plays an evaluation for a queue's coordinator, how fast, and what was refused. */
import type { EvaluationRow } from '../../src/view/protocol.js';
import { el, fill } from './dom.js';
import { queueInWords } from './queue-words.js';

type QueueProgress = NonNullable<EvaluationRow['queue']>;

/**
 * Shows a panel of every evaluation in `box` that a queue plays. One that is there already stays, open and in focus as
 * it is: only its words are new.
 */
export function showQueues(box: HTMLElement, evaluations: readonly EvaluationRow[]): void {
  const there = [...box.querySelectorAll('details')];
  for (const { run, queue } of evaluations) {
    if (queue === null) continue;
    const at = there.findIndex((panel) => panel.dataset.run === run);
    const panel = there.splice(at, at === -1 ? 0 : 1)[0] ?? newPanel(run);
    if (panel.parentNode !== box) box.append(panel);
    tell(panel, run, queue);
  }
  for (const panel of there) panel.remove();
}

function newPanel(run: string): HTMLDetailsElement {
  return el('details', { class: 'queue', 'data-run': run }, el('summary', {}), el('ul', {}));
}

function tell(panel: HTMLDetailsElement, run: string, queue: QueueProgress): void {
  const { workers, shown } = queue;
  const more = workers - shown.length;
  const [summary, list] = panel.children as unknown as [HTMLElement, HTMLElement];
  summary.textContent = `${run}: ${queueInWords(queue)}`;
  const items = shown.map(({ worker, row, active, played }) =>
    el('li', {}, `${worker}: ${row ?? 'waits'}, ${active} being played, ${played} played`),
  );
  fill(list, items, more > 0 && el('li', {}, `and ${more} more`));
}
