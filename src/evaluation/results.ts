/** From episodes to tables: one row a game and policy, their paired differences, and aggregates over games. */
import type { Clock, ReferenceScore } from '../agent/index.js';
import { answerRates, sumCounts } from './answer-rates.js';
import { type BootstrapOptions, bootstrapInterval, type Interval, meanInterval } from './bootstrap.js';
import { comparePaired } from './comparison.js';
import { type EpisodeOutcome, isScored, type ScoredEpisode } from './episode-outcome.js';
import { aggregateGames, normaliseScore, type References, referencesOf } from './normalise.js';
import type { AggregateRow, PairedRow, ResultRow, Results } from './results-schema.js';
import { formatSeeds } from './seed-ranges.js';
import { spentOf } from './spent-row.js';
import { interquartileMean, mean, median, standardDeviation } from './summary.js';
import { isTie } from './ties.js';
import { wilsonInterval } from './wilson.js';

/** The episodes of one policy in one game, as far as they are there; one a seed. */
export interface EpisodeGroup {
  readonly game: string;
  readonly policy: string;
  /** Seeds that were asked for; an episode of another seed is left out. */
  readonly seeds: readonly number[];
  readonly outcomes: readonly EpisodeOutcome[];
  /** The game's cited scores. */
  readonly published: readonly Pick<ReferenceScore, 'name' | 'mean'>[];
  /** The score from which on an episode is a success, where the game names one. */
  readonly goal?: number | undefined;
  /** Speed of the game's own clock; null or missing where it waits. */
  readonly clock?: Clock | undefined;
  /** What workers differed in that played some of the episodes. */
  readonly differing?: readonly string[] | undefined;
}

/**
 * The table of all groups, in their order. Paired rows are of every two policies of a game, the later one as `a`, so
 * that policies named from weak to strong have positive differences. Aggregates are of policies that played every game
 * of the table, where there are two or more and every game knows random play and an expert.
 */
export function buildResults(groups: readonly EpisodeGroup[], options: BootstrapOptions = {}): Results {
  const references = measuredReferences(groups);
  return {
    rows: groups.map((group) => buildRow(group, references.get(group.game) as References, options)),
    paired: groups.flatMap((a, index) =>
      groups.slice(0, index).flatMap((b) => (b.game === a.game ? [buildPaired(a, b, options)] : [])),
    ),
    aggregates: buildAggregates(groups, references, options),
  };
}

/** One row of the table. */
export function buildRow(group: EpisodeGroup, references: References, options: BootstrapOptions = {}): ResultRow {
  const { game, policy, seeds } = group;
  const outcomes = wanted(group);
  const scored = outcomes.filter(isScored);
  const failed = outcomes.filter(({ status }) => status === 'failed');
  const scores = scored.map(({ score }) => score);
  const some = (statistic: (values: readonly number[]) => number): number | null =>
    scores.length === 0 ? null : statistic(scores);
  const average = some(mean);
  const normalised = (upper: number | null): number | null =>
    average === null ? null : normaliseScore(average, references.random, upper);
  const counts = sumCounts(outcomes.map(({ counters }) => counters));
  const rates = answerRates(counts);
  const spent = spentOf(outcomes, counts);
  return {
    game,
    policy,
    ...(group.clock == null ? {} : { clock: group.clock }),
    ...(spent ? { spent } : {}),
    planned: seeds.length,
    episodes: scored.length,
    failed: failed.length,
    missing: seeds.length - scored.length - failed.length,
    stopped: scored.filter(({ status }) => status === 'stopped').length,
    distinct: distinctEpisodes(scored),
    mean: average,
    interval: ends(meanInterval(scores, options)),
    standard_deviation: some(standardDeviation),
    median: some(median),
    interquartile_mean: some(interquartileMean),
    interquartile_interval: ends(bootstrapInterval(scores, interquartileMean, options)),
    lowest: some((values) => values.reduce((least, value) => Math.min(least, value))),
    highest: some((values) => values.reduce((most, value) => Math.max(most, value))),
    success: successOf(scored, group.goal),
    normalised: { expert: normalised(references.expert), human: normalised(references.human) },
    references,
    answers: {
      decisions: rates.decisions,
      questions: rates.questions,
      parse_failures: rates.parseFailures,
      illegal: rates.illegal,
      model_errors: rates.modelErrors,
      timeouts: rates.timeouts,
      ...(rates.unusable > 0 ? { unusable: rates.unusable } : {}),
      retries: rates.retries,
      fallbacks: rates.fallbacks,
    },
    recoveries: outcomes.reduce((sum, { recoveries }) => sum + recoveries, 0),
    seeds: formatSeeds(seeds),
    checkpoint_sha256: distinct(outcomes.map(({ checkpoint }) => checkpoint)),
    commit: distinct(outcomes.map(({ commit }) => commit)),
    packages: packagesOf(outcomes),
    ...(group.differing?.length ? { differing: [...group.differing] } : {}),
    scores: bySeed(scored, ({ score }) => score),
    decisions: bySeed(scored, ({ decisions }) => decisions),
    failures: bySeed(failed, ({ error }) => error ?? 'no reason is recorded'),
  };
}

/** Null where one of them has no chain: nothing can be said then. */
function distinctEpisodes(scored: readonly ScoredEpisode[]): number | null {
  const chains = scored.map(({ chain }) => chain);
  return chains.includes(null) ? null : new Set(chains).size;
}

/** Null where a limit cut every episode short of the goal: a rate of 0 would speak of the limit, not of the policy. */
function successOf(scored: readonly ScoredEpisode[], goal: number | undefined): ResultRow['success'] {
  if (goal === undefined) return null;
  const episodes = scored.filter(({ score }) => score >= goal || isTie(score, goal)).length;
  const isCutShort = scored.length > 0 && scored.every(({ status }) => status === 'stopped');
  if (isCutShort && episodes === 0) return null;
  const rate = scored.length === 0 ? null : episodes / scored.length;
  return { goal, episodes, rate, interval: ends(wilsonInterval(episodes, scored.length)) };
}

/** Policy `a` against policy `b` of the same game. */
export function buildPaired(a: EpisodeGroup, b: EpisodeGroup, options: BootstrapOptions = {}): PairedRow {
  const compared = comparePaired(wanted(a).filter(isScored), wanted(b).filter(isScored), options);
  const some = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    game: a.game,
    a: a.policy,
    b: b.policy,
    episodes: compared.seeds.length,
    difference: some(compared.difference),
    interval: ends(compared.interval),
    median_difference: some(compared.medianDifference),
    wins: compared.wins,
    ties: compared.ties,
    losses: compared.losses,
    share_ahead: some(compared.shareAhead),
    share_ahead_interval: ends(compared.shareAheadInterval),
    probability_of_improvement: some(compared.probabilityOfImprovement),
    probability_interval: ends(compared.probabilityInterval),
  };
}

function buildAggregates(
  groups: readonly EpisodeGroup[],
  references: ReadonlyMap<string, References>,
  options: BootstrapOptions,
): AggregateRow[] {
  const games = [...references.keys()];
  if (games.length < 2) return [];
  return [...new Set(groups.map(({ policy }) => policy))].flatMap((policy) => {
    const lists = games.map((game) => {
      const group = groups.find((one) => one.game === game && one.policy === policy);
      const { random, expert } = references.get(game) as References;
      const scores = group ? scoresOf(group) : [];
      return scores.flatMap((score) => normaliseScore(score, random, expert) ?? []);
    });
    if (lists.some((list) => list.length === 0)) return [];
    const aggregate = aggregateGames(lists, options);
    return [
      {
        policy,
        games,
        mean: aggregate.mean,
        interval: ends(aggregate.meanInterval),
        median: aggregate.median,
        median_interval: ends(aggregate.medianInterval),
        interquartile_mean: aggregate.interquartileMean,
        interquartile_interval: ends(aggregate.interquartileMeanInterval),
      },
    ];
  });
}

/** By game, in the order of the table: what this table measured goes before what is cited. */
function measuredReferences(groups: readonly EpisodeGroup[]): Map<string, References> {
  const games = [...new Set(groups.map(({ game }) => game))];
  return new Map(
    games.map((game) => {
      const own = groups.filter((group) => group.game === game);
      const measured = own.flatMap((group): [string, number][] => {
        const scores = scoresOf(group);
        return scores.length === 0 ? [] : [[group.policy, mean(scores)]];
      });
      return [game, referencesOf(own[0]?.published ?? [], new Map(measured))];
    }),
  );
}

function scoresOf(group: EpisodeGroup): number[] {
  return wanted(group)
    .filter(isScored)
    .map(({ score }) => score);
}

/** Those of the seeds that were asked for, in that order. */
function wanted({ seeds, outcomes }: EpisodeGroup): EpisodeOutcome[] {
  const bySeed = new Map(outcomes.map((outcome) => [outcome.seed, outcome]));
  return seeds.flatMap((seed) => bySeed.get(seed) ?? []);
}

function bySeed<T extends EpisodeOutcome | ScoredEpisode, V>(
  outcomes: readonly T[],
  value: (outcome: T) => V,
): Record<string, V> {
  return Object.fromEntries(outcomes.map((outcome) => [String(outcome.seed), value(outcome)]));
}

/** The value that all have; several are joined, so that a mixed row shows. */
function distinct(values: readonly (string | null)[]): string | null {
  const present = [...new Set(values.filter((value) => value !== null))];
  return present.length === 0 ? null : present.join(', ');
}

function packagesOf(outcomes: readonly EpisodeOutcome[]): Record<string, string> {
  const names = [...new Set(outcomes.flatMap(({ versions }) => Object.keys(versions)))];
  return Object.fromEntries(
    names.map((name) => [name, distinct(outcomes.map(({ versions }) => versions[name] ?? null)) ?? '']),
  );
}

/** A tuple of its own, as the schema has it. */
function ends(interval: Interval | null): [number, number] | null {
  return interval && [interval[0], interval[1]];
}
