/** The statistics of a report: what `agent eval` computes of the same episodes, by the same functions. */
import { buildResults, type EpisodeGroup, type EpisodeOutcome, outcomeOf, type Results } from '../evaluation/index.js';
import { citedReferences, goalOf } from './game-facts.js';
import { clockOf, type GameGroup, type PolicyGroup } from './group-episodes.js';
import type { EpisodeReading } from './read-episode.js';

export interface ReportNumbers extends Results {
  /** The readings whose scores count: one a seed. */
  readonly counted: ReadonlySet<EpisodeReading>;
}

/** Rows are in the order of the games, and within a game from the lowest mean to the highest. */
export function reportNumbers(games: readonly GameGroup[]): ReportNumbers {
  const counted = new Set<EpisodeReading>();
  const groups = games.flatMap((game) =>
    game.policies
      .map((policy) => episodeGroup(game, policy, counted))
      .map((group) => ({ group, mean: meanScore(group.outcomes) }))
      .sort((a, b) => a.mean - b.mean)
      .map(({ group }) => group),
  );
  return { ...finiteJson(buildResults(groups)), counted };
}

function episodeGroup(game: GameGroup, policy: PolicyGroup, counted: Set<EpisodeReading>): EpisodeGroup {
  const chosen = onePerSeed(policy.readings);
  for (const reading of chosen) if (reading.trouble === null) counted.add(reading);
  return {
    game: game.name,
    policy: policy.label,
    seeds: seedsOf(chosen, policy),
    outcomes: chosen.map((reading) => outcomeOfReading(reading, policy.label)),
    published: citedReferences(game.manifest),
    goal: goalOf(game.manifest),
    clock: chosen[0] && clockOf(chosen[0].record.manifest),
  };
}

/** Ascending: those that were played, and those that were planned. */
function seedsOf(chosen: readonly EpisodeReading[], { plans }: PolicyGroup): number[] {
  const seeds = new Set(chosen.map(({ record }) => record.manifest.seed));
  for (const plan of plans) for (const seed of plan.seeds) seeds.add(seed);
  return [...seeds].sort((a, b) => a - b);
}

/** Of several episodes of a seed the last that came to its end counts, else the last. */
function onePerSeed(readings: readonly EpisodeReading[]): EpisodeReading[] {
  const bySeed = new Map<number, EpisodeReading>();
  for (const reading of readings) {
    const { seed } = reading.record.manifest;
    const other = bySeed.get(seed);
    if (other === undefined || reading.trouble === null || other.trouble !== null) bySeed.set(seed, reading);
  }
  return [...bySeed.values()];
}

/** A record that contradicts itself is no result: its episode counts as failed. */
function outcomeOfReading(
  { record, status, trouble, score, decisions, counters, spent }: EpisodeReading,
  label: string,
): EpisodeOutcome {
  const outcome = { ...outcomeOf(record.manifest, label), score, decisions, counters, spent };
  return status === 'damaged' ? { ...outcome, status: 'failed', error: trouble } : outcome;
}

/** Only for the order of rows. */
function meanScore(outcomes: readonly EpisodeOutcome[]): number {
  return outcomes.reduce((sum, { score }) => sum + (score ?? 0) / outcomes.length, 0);
}

/** As JSON would have it: what is not finite is null, and so is an interval without an end. */
function finiteJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    Array.isArray(inner) && inner.length === 2 && inner.includes(null) ? null : inner,
  ) as T;
}
