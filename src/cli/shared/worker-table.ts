/** The workers of a queue as a table. */
import type { WorkerState } from '../../queue/index.js';
import type { Console } from './console.js';
import { align, formatDuration } from './text.js';

export function tellWorkers(workers: readonly WorkerState[], output: Console): void {
  output.result({ workers });
  if (workers.length === 0) {
    output.print('no worker was heard of in the last hour');
    return;
  }
  const lines = workers.map(({ worker, row, isThere, active, played, started, seen, identity }) => [
    ...[worker, isThere ? (row ?? 'waits') : 'gone', String(active), String(played)],
    ...[formatDuration((Date.parse(seen) - Date.parse(started)) / 1000), identity.git?.commit.slice(0, 12) ?? '-'],
    identity.cpu.extensions.join(' '),
  ]);
  output.block(align([['worker', 'plays', 'now', 'played', 'for', 'commit', 'processor'], ...lines]));
}
