/** Episodes played for the tests of the view, in the real emulators. */
import type { EpisodeObserver } from '../../../src/agent/index.js';
import { type Emulators, startEmulators } from '../../../src/env-bridge/index.js';
import { openStage, type StageOptions } from '../../../src/evaluation/index.js';

export const signal = new AbortController().signal;

export const emulatorsForTests = (): Promise<Emulators> => startEmulators({ processes: 1, signal });

/** Plays an episode into `out`. */
export async function play(
  emulators: Emulators,
  options: Omit<StageOptions, 'given'> & { readonly out: string },
  watchers: readonly EpisodeObserver[] = [],
): Promise<void> {
  await using stage = await openStage(options, emulators, signal);
  const { status, error } = await stage.play(watchers);
  if (status === 'failed') throw error ?? new Error('the episode failed');
}
