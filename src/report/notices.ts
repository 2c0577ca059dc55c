/** What does not spoil a number but bears on how far to trust it. */
import { FIRST_EVALUATION_SEED } from '../agent/index.js';
import { FEW_PAIRS } from '../evaluation/index.js';
import { canonicalJson } from './plain-json.js';
import type { EpisodeReading } from './read-episode.js';
import type { GameReport, PolicyReport, Problem } from './report-data.js';

export function notices(games: readonly GameReport[], readings: readonly EpisodeReading[]): Problem[] {
  const summaries = [
    ...games.flatMap((game) => game.policies.flatMap((policy) => policyNotices(game, policy))),
    ...fewEpisodes(games),
    ...games.flatMap(seedNotices),
    ...splitGames(games),
    ...versionNotices(readings),
  ];
  return summaries.map((summary) => ({ kind: 'notice', summary, where: null }));
}

function policyNotices({ title, maxSteps }: GameReport, { label, episodes, row }: PolicyReport): string[] {
  const name = `${title}, ${label}`;
  const again = episodes.filter(({ isCounted, status }) => !isCounted && isEnd(status)).length;
  const training = episodes.filter(({ isCounted, seed }) => isCounted && seed < FIRST_EVALUATION_SEED).length;
  const cutShort = episodes.filter(({ isCounted, status }) => isCounted && status === 'stopped').length;
  return [
    ...(row.distinct !== null && row.distinct < row.episodes
      ? [
          `${name}: of ${row.episodes} episodes only ${row.distinct} ${row.distinct === 1 ? 'is' : 'are'} different ` +
            '(equal hash chains): seeds change nothing there, and repeating them says nothing new',
        ]
      : []),
    ...(cutShort > 0 && maxSteps === null
      ? [
          `${name}: ${episodesOf(cutShort)} stopped before the game ended, by no limit that the record names: ` +
            'not to be compared with whole ones',
        ]
      : []),
    ...(again > 0 ? [`${name}: ${episodesOf(again)} left out: another one of the same seed counts`] : []),
    ...(training > 0 ? [`${name}: ${episodesOf(training)} on training seeds (below ${FIRST_EVALUATION_SEED})`] : []),
  ];
}

function fewEpisodes(games: readonly GameReport[]): string[] {
  const few = games.flatMap(({ title, policies }) =>
    policies
      .filter(({ row }) => row.episodes > 0 && row.episodes < FEW_PAIRS)
      .map(({ label, row }) => `${title}, ${label}: ${row.episodes}`),
  );
  return few.length === 0
    ? []
    : [`Of fewer than ${FEW_PAIRS} episodes an interval is a rough guide (finished episodes of ${few.join('; ')})`];
}

/** Policies that did not finish the same seeds: their means are of different tasks. */
function seedNotices({ title, policies }: GameReport): string[] {
  const seeds = policies.filter(({ row }) => row.episodes > 0).map(({ row }) => canonicalJson(Object.keys(row.scores)));
  return new Set(seeds).size > 1
    ? [`${title}: the policies did not finish the same seeds; compare by the paired differences, not by the means`]
    : [];
}

/** The same game with other settings is another section. */
function splitGames(games: readonly GameReport[]): string[] {
  const titles = games.map(({ title }) => title);
  return [...new Set(titles.filter((title, index) => titles.indexOf(title) !== index))].map(
    (name) => `${name} was played with different settings: it has a section for each, and no comparison between them`,
  );
}

/** Packages whose version is not the same in all records. */
function versionNotices(readings: readonly EpisodeReading[]): string[] {
  const versions = new Map<string, Set<string>>();
  for (const { record } of readings) {
    for (const [name, version] of Object.entries(record.manifest.versions)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
  }
  const differing = [...versions].filter(([, all]) => all.size > 1);
  const dirty = readings.filter(({ record }) => record.manifest.git?.dirty).length;
  return [
    ...differing
      .slice(0, 20)
      .map(([name, all]) => `not all were played with the same ${name}: ${[...all].slice(0, 8).join(', ')}`),
    ...(dirty > 0 ? [`${episodesOf(dirty)} played by a program that differed from its commit`] : []),
  ];
}

function isEnd(status: string): boolean {
  return status === 'finished' || status === 'stopped';
}

function episodesOf(count: number): string {
  return count === 1 ? '1 episode was' : `${count} episodes were`;
}
