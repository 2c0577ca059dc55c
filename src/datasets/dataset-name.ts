/**
 * What a dataset is called by what it holds: two that differ in anything have different names, and one that was written
 * out and read back has its old name, however it is cut into shards.
 */
import { createHash } from 'node:crypto';
import { stopIfCancelled } from './cancellation.js';
import { canonicalJson } from './canonical-json.js';
import type { Dataset } from './dataset.js';
import type { DatasetEpisode, Decision } from './schema.js';

/** `GAME-DRIVER-HASH`; the hash is of what the dataset says of itself and of every decision and frame. */
export function datasetName(dataset: Dataset, options: { readonly signal?: AbortSignal | undefined } = {}): string {
  const [{ description }] = dataset.sources as [Dataset['sources'][number]];
  const driver = description.driver.id.split(':')[0]?.replace(/[^A-Za-z0-9]+/g, '-') || 'unknown';
  return `${dataset.game}-${driver}-${hashDataset(dataset, options).slice(0, 12)}`;
}

/** SHA-256 of the whole content. Reads every frame's bytes, and decodes none. */
export function hashDataset(dataset: Dataset, { signal }: { readonly signal?: AbortSignal | undefined } = {}): string {
  const hash = createHash('sha256');
  for (const { description } of dataset.sources) hash.update(`${canonicalJson(identityOf(description))}\n`);
  for (const episode of dataset.episodes) {
    stopIfCancelled(signal);
    hash.update(`${hashEpisode(dataset, episode)}\n`);
  }
  return hash.digest('hex');
}

/** What a dataset says of itself, without where it was read from and which episodes there will be. */
export function identityOf({ imported: _, seeds: __, ...rest }: Dataset['sources'][number]['description']): object {
  return rest;
}

/** SHA-256 of an episode of a dataset. */
export function hashEpisode(dataset: Dataset, episode: DatasetEpisode): string {
  const { steps, firstStep, firstFrame } = episode;
  return hashContent(
    episode,
    Array.from({ length: steps }, (_, i) => {
      const step = dataset.step(firstStep + i);
      return { ...step, stack: step.stack.map((frame) => frame - firstFrame) };
    }),
    Array.from({ length: steps + 1 }, (_, i) => dataset.framePng(firstFrame + i)),
  );
}

/**
 * SHA-256 of an episode: how it went and ended, its decisions, the files of its frames. Stacks are numbered within the
 * episode.
 */
export function hashContent(
  { seed, score, status, ending }: Pick<DatasetEpisode, 'seed' | 'score' | 'status' | 'ending'>,
  steps: readonly Omit<Decision, 'frame'>[],
  frames: readonly Uint8Array[],
): string {
  const hash = createHash('sha256');
  hash.update(canonicalJson({ seed, score, status, ending, steps: steps.length }));
  const rows = steps.map(
    ({ step, action, label, isNoise, probabilities, value, reward, terminated, truncated, stack }) => [
      step,
      action,
      label,
      reward,
      value ?? Number.NaN,
      Number(isNoise) + 2 * Number(terminated) + 4 * Number(truncated),
      ...(probabilities ?? [Number.NaN]),
      ...stack,
    ],
  );
  hash.update(new Uint8Array(Float64Array.from(rows.flat()).buffer));
  for (const frame of frames) hash.update(frame);
  return hash.digest('hex');
}
