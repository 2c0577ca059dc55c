/** What is kept of one episode: its rows and facts, whoever watched it. */
import type { Label } from './collecting-policy.js';
import { type ShardEpisode, splitOf } from './schema.js';
import type { ShardContent } from './shard-files.js';
import type { StepRow } from './step-table.js';

/** One decision: what was said of it, what was done, and what came of it. */
export interface LabelledStep extends Pick<StepRow, 'action' | 'reward' | 'terminated' | 'truncated'> {
  readonly label: Label;
}

/** An episode that came to its end. */
export interface PlayedEpisode extends Pick<ShardEpisode, 'score' | 'status' | 'ending' | 'seed'> {
  /** Its number in the dataset. */
  readonly number: number;
  /** One or more. */
  readonly steps: readonly LabelledStep[];
  /** PNG files, one more than steps. */
  readonly frames: readonly Uint8Array[];
}

/** @param stack frames that a model is shown at once */
export function episodeContent(episode: PlayedEpisode, stack: number): ShardContent {
  const { number, seed, score, status, ending, frames } = episode;
  const split = splitOf(seed);
  let offset = 0;
  const rows = episode.steps.map(({ label, ...step }, frame): StepRow => {
    const { action, ...said } = label;
    const frameBytes = (frames[frame] as Uint8Array).length;
    offset += frameBytes;
    return {
      ...{ episode: number, seed, split, step: frame, frame },
      stack: Array.from({ length: stack }, (_, i) => Math.max(0, frame - stack + 1 + i)),
      ...step,
      ...{ label: action, ...said },
      ...{ frameOffset: offset - frameBytes, frameBytes },
    };
  });
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const facts: ShardEpisode = {
    ...{ episode: number, seed, split, steps: rows.length, score, status, ending },
    ...{ first_row: 0, frames: { offset: 0, bytes } },
  };
  return { rows, episodes: [facts], frames };
}
