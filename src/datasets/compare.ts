/** What differs between two datasets: what they say of themselves, and their episodes, by seed. */

import { harmlessName } from '../core/index.js';
import { stopIfCancelled } from './cancellation.js';
import { canonicalJson } from './canonical-json.js';
import type { Dataset } from './dataset.js';
import { datasetName, hashEpisode, identityOf } from './dataset-name.js';
import type { DatasetEpisode, DatasetStep } from './schema.js';

export interface DatasetDifference {
  readonly names: readonly [string, string];
  readonly isSame: boolean;
  /** Fields of `dataset.json` that differ, with both values as JSON; only of the first folder of each. */
  readonly fields: readonly { readonly name: string; readonly values: readonly [string, string] }[];
  /** Seeds of episodes that the other one lacks. */
  readonly onlyInFirst: readonly number[];
  readonly onlyInSecond: readonly number[];
  /** Episodes that both have and that differ. */
  readonly episodes: readonly EpisodeDifference[];
  /** Episodes that are alike to the last byte. */
  readonly alike: number;
}

export interface EpisodeDifference {
  readonly seed: number;
  /** The first thing that differs: of the episode, of a decision, or the picture of one. */
  readonly what: string;
  /** The decision, counted from 0; null where it is the episode as a whole. */
  readonly step: number | null;
}

/** Compares every decision and frame. An episode's pair is the other's next one of the same seed. */
export function compareDatasets(
  first: Dataset,
  second: Dataset,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): DatasetDifference {
  const [a, b] = [first, second].map(({ sources }) =>
    identityOf((sources[0] as Dataset['sources'][number]).description),
  );
  const fields = differingFields(a as Fields, b as Fields);
  const others = bySeed(second);
  const onlyInFirst: number[] = [];
  const episodes: EpisodeDifference[] = [];
  let alike = 0;
  for (const episode of first.episodes) {
    stopIfCancelled(signal);
    const pair = others.get(episode.seed)?.shift();
    if (!pair) onlyInFirst.push(episode.seed);
    else if (hashEpisode(first, episode) === hashEpisode(second, pair)) alike++;
    else episodes.push(firstDifference([first, episode], [second, pair]));
  }
  const onlyInSecond = [...others].flatMap(([seed, left]) => left.map(() => seed));
  const names = [datasetName(first, { signal }), datasetName(second, { signal })] as const;
  return { names, isSame: names[0] === names[1], fields, onlyInFirst, onlyInSecond, episodes, alike };
}

type Fields = Readonly<Record<string, unknown>>;

function differingFields(a: Fields, b: Fields): DatasetDifference['fields'] {
  const written = (value: unknown): string => (value === undefined ? 'missing' : canonicalJson(value));
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .map((name) => ({ name, values: [written(a[name]), written(b[name])] as const }))
    .filter(({ values: [one, other] }) => one !== other);
}

function bySeed({ episodes }: Dataset): Map<number, DatasetEpisode[]> {
  const found = new Map<number, DatasetEpisode[]>();
  for (const episode of episodes) found.set(episode.seed, [...(found.get(episode.seed) ?? []), episode]);
  return found;
}

function firstDifference(
  [a, one]: [Dataset, DatasetEpisode],
  [b, other]: [Dataset, DatasetEpisode],
): EpisodeDifference {
  const { seed } = one;
  for (let step = 0; step < Math.min(one.steps, other.steps); step++) {
    const [left, right] = [comparable(a, one, step), comparable(b, other, step)];
    const what = Object.keys(left).find((name) => canonicalJson(left[name]) !== canonicalJson(right[name]));
    if (what !== undefined) return { seed, what, step };
    if (!sameFrame(a, one, b, other, step)) return { seed, what: 'frame', step };
  }
  if (one.steps !== other.steps) return { seed, what: 'number of decisions', step: Math.min(one.steps, other.steps) };
  if (!sameFrame(a, one, b, other, one.steps)) return { seed, what: 'frame', step: one.steps };
  return { seed, what: 'score or ending', step: null };
}

function comparable(dataset: Dataset, { firstStep, firstFrame }: DatasetEpisode, at: number): Record<string, unknown> {
  const { index: _, episode: __, frame: ___, stack, ...rest }: DatasetStep = dataset.step(firstStep + at);
  return { ...rest, stack: stack.map((frame) => frame - firstFrame) };
}

function sameFrame(a: Dataset, one: DatasetEpisode, b: Dataset, other: DatasetEpisode, at: number): boolean {
  return Buffer.compare(a.framePng(one.firstFrame + at), b.framePng(other.firstFrame + at)) === 0;
}

/** As text for people; lists of seeds are cut. */
export function formatDifference({ names, isSame, ...rest }: DatasetDifference): string {
  if (isSame) return `the same: ${names[0]}`;
  const seeds = (list: readonly number[]): string =>
    `${list.length} episodes${list.length > 0 ? `: seeds ${list.slice(0, 10).join(', ')}${list.length > 10 ? ', …' : ''}` : ''}`;
  const at = ({ seed, what, step }: EpisodeDifference): string =>
    `  seed ${seed}: ${what}${step === null ? '' : `, from decision ${step} on`}`;
  return [
    `first   ${names[0]}`,
    `second  ${names[1]}`,
    ...rest.fields.map(({ name, values: [one, other] }) => `${name}: ${one.slice(0, 200)}, ${other.slice(0, 200)}`),
    `only in the first   ${seeds(rest.onlyInFirst)}`,
    `only in the second  ${seeds(rest.onlyInSecond)}`,
    `alike               ${rest.alike} episodes`,
    `different           ${seeds(rest.episodes.map(({ seed }) => seed))}`,
    ...rest.episodes.slice(0, 10).map(at),
  ]
    .map(harmlessName)
    .join('\n');
}
