/** Folders and records for tests, removed when a test is over. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EpisodeObserver } from '../../../src/agent/index.js';
import type { GymStep } from '../../../src/env-bridge/index.js';
import { EpisodeRecorder, type RecorderOptions } from '../../../src/record/index.js';
import { type PlayOptions, play } from '../../replay/support/fake-game.js';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function recorderOptions(folder: RecorderOptions['folder']): RecorderOptions {
  return {
    folder,
    arguments: { given: ['play', '--seed', '7'], resolved: {} },
    versions: { agent: '0.1.0', python: '3.11.2', gymnasium: '1.4.0' },
    git: { commit: 'a'.repeat(40), dirty: false },
  };
}

/**
 * Plays the fake game and records it; resolves to the run's folder.
 * @param onFolder told of it when the episode begins
 */
export async function recordRun(
  options: PlayOptions = {},
  watching: readonly EpisodeObserver<GymStep>[] = [],
  onFolder: (folder: string) => void = () => {},
): Promise<string> {
  const recorder = new EpisodeRecorder(recorderOptions({ runs: await temporaryFolder() }));
  const begun = { onStart: () => onFolder(recorder.folder as string) };
  await play([recorder, begun, ...watching], options);
  return recorder.folder as string;
}

/** Changes a file of a record as somebody with an editor would. */
export async function editFile(folder: string, name: string, change: (text: string) => string): Promise<void> {
  const path = join(folder, name);
  const before = await readFile(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${name} changed nothing`);
  await writeFile(path, after);
}
