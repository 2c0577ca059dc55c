/**
 * Scores of different games on one scale: 0 is random play, 1 the reference above it (an expert, or published human
 * play). What is compared across games is normalised first, as in Mnih et al. 2015 and rliable.
 */
import type { ReferenceScore } from '../agent/index.js';
import { type BootstrapOptions, type Interval, stratifiedBootstrapInterval } from './bootstrap.js';
import { interquartileMean, mean, median } from './summary.js';

/** What scores of a game are measured against; null where nothing is known. */
export interface References {
  readonly random: number | null;
  readonly expert: number | null;
  readonly human: number | null;
}

/**
 * The references of a game: what the same table measured (the policies `random` and `expert`) where it did, else what
 * the game's YAML cites under these names.
 * @param measured means by policy, as asked for.
 */
export function referencesOf(
  published: readonly Pick<ReferenceScore, 'name' | 'mean'>[],
  measured: ReadonlyMap<string, number> = new Map(),
): References {
  const named = (name: string): number | null =>
    measured.get(name) ?? published.find((reference) => reference.name === name)?.mean ?? null;
  return { random: named('random'), expert: named('expert'), human: named('human') };
}

/** 0 at `low`, 1 at `high`, beyond both where the score is; null where a reference is missing or both are the same. */
export function normaliseScore(score: number, low: number | null, high: number | null): number | null {
  if (low === null || high === null || low === high) return null;
  return (score - low) / (high - low);
}

/** A policy over several games, each game's scores normalised and of the same weight where the statistic says so. */
export interface Aggregate {
  /** Mean of the games' means. */
  readonly mean: number;
  readonly meanInterval: Interval | null;
  /** Median of the games' means. */
  readonly median: number;
  readonly medianInterval: Interval | null;
  /** Of all scores of all games together. */
  readonly interquartileMean: number;
  readonly interquartileMeanInterval: Interval | null;
}

/**
 * rliable's aggregates (`aggregate_mean`, `aggregate_median`, `aggregate_iqm`) with stratified bootstrap intervals.
 * @param games normalised scores, one list a game.
 */
export function aggregateGames(games: readonly (readonly number[])[], options: BootstrapOptions = {}): Aggregate {
  const ofMeans = (statistic: typeof mean) => (lists: readonly ArrayLike<number>[]) => statistic(lists.map(mean));
  const pooled = (lists: readonly ArrayLike<number>[]): number =>
    interquartileMean(lists.flatMap((values) => Array.from(values)));
  const interval = (statistic: (lists: readonly ArrayLike<number>[]) => number): Interval | null =>
    stratifiedBootstrapInterval(games, statistic, options);
  return {
    mean: ofMeans(mean)(games),
    meanInterval: interval(ofMeans(mean)),
    median: ofMeans(median)(games),
    medianInterval: interval(ofMeans(median)),
    interquartileMean: pooled(games),
    interquartileMeanInterval: interval(pooled),
  };
}
