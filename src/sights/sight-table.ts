/**
 * Tables of how right players' sights are: shares of decisions, each episode counting alike, and paired differences.
 */
import { comparePaired, type Interval, meanShare, type SeedScore, type Share } from '../evaluation/index.js';
import type { ExaminedEpisode } from './examine-episode.js';

/** One player in one game. */
export interface SightRow {
  readonly game: string;
  readonly policy: string;
  readonly episodes: number;
  readonly decisions: number;
  /** Decisions without numbers in form. */
  readonly silent: number;
  readonly sights: readonly {
    readonly name: string;
    /** Decisions in which the teacher sees it. */
    readonly there: number;
    /** Of these, those in which the player's number is near the teacher's, or the same. */
    readonly near: Share;
    readonly exact: Share;
    /** Of the others, those in which the player says a number. */
    readonly invented: Share;
  }[];
  readonly as_taught: Share;
  readonly as_said: Share;
}

/** Player a less player b on the seeds that both have, of one share. */
export interface SightDifference {
  readonly game: string;
  readonly a: string;
  readonly b: string;
  /** Such as `bomb near` or `as_taught`. */
  readonly of: string;
  readonly episodes: number;
  readonly difference: number;
  readonly interval: Interval | null;
}

export interface SightTable {
  readonly rows: readonly SightRow[];
  readonly paired: readonly SightDifference[];
}

/** Players in the order in which they come; a difference is the later one's less the earlier one's. */
export function sightTable(episodes: readonly ExaminedEpisode[]): SightTable {
  const groups = byPlayer(episodes);
  const paired = groups.flatMap((later, at) =>
    groups.slice(0, at).flatMap((earlier) => (later[0]?.game === earlier[0]?.game ? differences(later, earlier) : [])),
  );
  return { rows: groups.map(rowOf), paired };
}

function byPlayer(episodes: readonly ExaminedEpisode[]): ExaminedEpisode[][] {
  const groups = new Map<string, ExaminedEpisode[]>();
  for (const episode of episodes) {
    const key = JSON.stringify([episode.game, episode.policy]);
    groups.set(key, [...(groups.get(key) ?? []), episode]);
  }
  return [...groups.values()];
}

type Part = (episode: ExaminedEpisode) => number;

function rowOf(episodes: readonly ExaminedEpisode[]): SightRow {
  const [{ game, policy, sights }] = episodes as [ExaminedEpisode];
  const sum = (part: Part): number => episodes.reduce((total, episode) => total + part(episode), 0);
  const of = (name: string): Share => meanShare(sharesOf(episodes, name).map(({ score }) => score));
  return {
    game,
    policy,
    episodes: episodes.length,
    decisions: sum(({ decisions }) => decisions),
    silent: sum(({ silent }) => silent),
    sights: sights.map(({ name }, place) => ({
      name,
      there: sum((episode) => episode.sights[place]?.there ?? 0),
      near: of(`${name} near`),
      exact: of(`${name} exact`),
      invented: of(`${name} invented`),
    })),
    as_taught: of('as_taught'),
    as_said: of('as_said'),
  };
}

function differences(a: readonly ExaminedEpisode[], b: readonly ExaminedEpisode[]): SightDifference[] {
  const [ofA, ofB] = [a[0], b[0]] as [ExaminedEpisode, ExaminedEpisode];
  return Object.keys(partsOf(ofA)).flatMap((of) => {
    const { seeds, difference, interval } = comparePaired(sharesOf(a, of), sharesOf(b, of));
    if (seeds.length === 0) return [];
    return [{ game: ofA.game, a: ofA.policy, b: ofB.policy, of, episodes: seeds.length, difference, interval }];
  });
}

/** An episode without any decision of the kind has no share and is left out. */
function sharesOf(episodes: readonly ExaminedEpisode[], of: string): SeedScore[] {
  return episodes.flatMap((episode) => {
    const [part, whole] = partsOf(episode)[of] ?? [0, 0];
    return whole === 0 ? [] : [{ seed: episode.seed, score: part / whole }];
  });
}

/** By its name, what each share is a part of. */
function partsOf({ sights, asTaught, asSaid, decisions }: ExaminedEpisode): Record<string, [part: number, of: number]> {
  const ofSights = sights.flatMap(({ name, there, near, exact, absent, invented }) => [
    [`${name} near`, [near, there]],
    [`${name} exact`, [exact, there]],
    [`${name} invented`, [invented, absent]],
  ]);
  return { ...Object.fromEntries(ofSights), as_taught: [asTaught, decisions], as_said: [asSaid, decisions] };
}
