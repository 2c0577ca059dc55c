/** What `agent eval --queue` tells of the workers' work. */
import type { QueueWatcher } from '../../queue/index.js';
import type { Console } from './console.js';
import { formatDuration } from './text.js';

/** Reasons of refused answers that are told, each once; the rest is counted. */
const MAX_REASONS = 20;

export interface QueueState {
  readonly open: number;
  readonly accepted: number;
  readonly refused: number;
  readonly workers: number;
}

/** @param onChange told of every change. */
export function queueWatcher(output: Console, onChange: (state: QueueState) => void = () => {}): QueueWatcher {
  let [planned, done, refused, workers] = [0, 0, 0, 0];
  const reasons = new Set<string>();
  const started = performance.now();
  const changed = (): void => {
    onChange({ open: planned - done, accepted: done, refused, workers });
    output.progress(line);
  };
  const line = (): string => {
    const rate = done / (performance.now() - started);
    const left = done === 0 ? '' : `  about ${formatDuration((planned - done) / rate / 1000)} left`;
    const lies = refused === 0 ? '' : `, ${refused} refused`;
    return `${done}/${planned} episodes${lies}  ${workers} workers  ${(rate * 1000).toFixed(1)} episodes/s${left}`;
  };
  return {
    onQueued: (run, episodes) => {
      planned = episodes;
      changed();
      output.note(`${episodes} episodes are in the queue as run ${run}; Ctrl-C leaves them there`);
    },
    onWorkers: (count) => {
      workers = count;
      changed();
    },
    onAccepted: () => {
      done++;
      changed();
    },
    onRefused: ({ game, policy, seed, worker, reason }) => {
      refused++;
      changed();
      if (reasons.has(reason) || reasons.size >= MAX_REASONS) return;
      reasons.add(reason);
      const who = worker === null ? 'a worker' : `worker ${worker}`;
      output.note(`${game} ${policy}, seed ${seed ?? 'unknown'}: the answer of ${who} is refused: ${reason}`);
    },
    onNote: (sentence) => output.note(sentence),
    onEnd: () => output.note(line()),
  };
}
