/**
 * Videos of an evaluation's episodes, made from their records: an evaluation itself needs no pictures and stays fast.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulators } from '../env-bridge/index.js';
import { openRecord } from '../record/index.js';
import { recordedEnv } from '../replay/index.js';
import { renderVideo } from '../video/index.js';
import { type EpisodeOutcome, isScored } from './episode-outcome.js';

/** Of the best, median and worst episode of each row, or of all. */
export type VideoChoice = 'extremes' | 'all';

/** The seeds to show: all, or the best, the median and the worst episode. */
export function seedsToShow(outcomes: readonly EpisodeOutcome[], choice: VideoChoice): number[] {
  const scored = outcomes.filter(isScored).sort((a, b) => b.score - a.score || a.seed - b.seed);
  if (choice === 'all') return scored.map(({ seed }) => seed);
  const places = [0, Math.floor((scored.length - 1) / 2), scored.length - 1];
  return [...new Set(places)].flatMap((place) => scored[place]?.seed ?? []);
}

export interface VideoTask {
  readonly folders: readonly string[];
  readonly emulators: Emulators;
  readonly signal: AbortSignal;
  readonly onVideo: (file: string, index: number) => void;
}

/** Makes `episode.mp4` in every folder that has none yet, verifying each record as it is played. Returns all files. */
export async function makeVideos({ folders, emulators, signal, onVideo }: VideoTask): Promise<string[]> {
  const factory = recordedEnv({ emulators, signal });
  const files: string[] = [];
  for (const [index, folder] of folders.entries()) {
    const file = join(folder, 'episode.mp4');
    files.push(file);
    if (existsSync(file)) continue;
    onVideo(file, index);
    await renderVideo(await openRecord(folder), file, factory, { signal });
  }
  return files;
}
