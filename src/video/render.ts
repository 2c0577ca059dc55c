/**
 * The video of a recorded episode. The record holds no pictures: seed and actions are played again, and every step is
 * compared with the recorded one, so that what is seen is what happened.
 */
import { isAgentError } from '../core/index.js';
import { videoLabels, videoSettings } from '../record/game-facts.js';
import type { EpisodeRecord } from '../record/reader.js';
import { cancelled } from '../replay/episode.js';
import type { EnvFactory } from '../replay/recorded-env.js';
import { replaySteps } from '../replay/steps.js';
import { captionOf, captionWriter, type ViewFactory } from './captions.js';
import { EpisodeVideo, type VideoOptions } from './episode-video.js';

export interface RenderOptions extends VideoOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: number) => void;
  /** Makes what the policy sees, to stand beside the picture. */
  readonly view?: ViewFactory;
}

/**
 * Plays the record again and writes an H.264 file, which replaces an existing one when it is whole. Options that are
 * left out are the game's own. Rejects with `state_mismatch` where the episode is not the recorded one, `video`,
 * `record`, `cancelled`, and what the emulator rejects; then no file and no process is left.
 */
export async function renderVideo(
  record: EpisodeRecord,
  path: string,
  makeEnv: EnvFactory,
  { signal, onStep, view, ...options }: RenderOptions = {},
): Promise<void> {
  const { manifest } = record;
  const settings = { ...videoSettings(manifest), ...options };
  const caption = captionWriter(manifest, await view?.(manifest));
  const video = await EpisodeVideo.create(path, manifest.env?.framesPerSecond ?? null, videoLabels(manifest), settings);
  // At once rather than with the next step: ffmpeg may be what the step waits for.
  const stop = (): void => void video.abort();
  signal?.addEventListener('abort', stop);
  try {
    const env = await makeEnv(manifest, { render: true });
    try {
      for await (const step of replaySteps(record, env, { framesAt: () => true, ...(signal ? { signal } : {}) })) {
        await video.add(step.played.frames, captionOf(step, caption));
        onStep?.(step.line.step);
      }
    } finally {
      await env.close();
    }
    await video.finish();
  } catch (error) {
    await video.abort();
    throw signal?.aborted && !isAgentError(error, 'cancelled') ? cancelled(error) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
