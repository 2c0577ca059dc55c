/** What an evaluation is asked for: options, a configuration, or what a started one was asked for. */
import {
  type Clock,
  clockInWords,
  FIRST_EVALUATION_SEED,
  type Game,
  openGame,
  type PlayChoices,
  playInWords,
  writtenGame,
} from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { checkPolicy, defaultPolicy, playedBy } from '../players/index.js';
import { type EvaluationConfig, loadEvaluationConfig, requireSettings } from './config.js';
import { demonstrationsFor } from './demonstrations.js';
import type { OpenEmulators, SettledOptions } from './options.js';
import type { EvaluationFile } from './schema.js';
import { formatSeeds, parseSeeds } from './seed-ranges.js';
import { seedsOfShard } from './shard.js';

/** One policy in one game. */
export interface RequestedEntry {
  readonly game: Game;
  /** The game as it was named. */
  readonly gameGiven: string;
  /** The policy's name in tables. */
  readonly policy: string;
  readonly spec: string;
  /** Ways of playing that were asked for; `game` has them, and those of the policy. */
  readonly play?: PlayChoices;
  readonly clock: Clock;
}

export interface EvaluationRequest {
  readonly name: string;
  readonly entries: readonly RequestedEntry[];
  /** Of the shard, where it is one. */
  readonly seeds: readonly number[];
  readonly shard?: EvaluationFile['shard'];
  readonly maxDecisions: number | null;
  readonly plain: boolean;
}

const DEFAULT_EPISODES = 10;

/** Options go before the configuration they narrow. Throws `usage`, `unknown_game`, `config`. */
export async function requestOf(options: SettledOptions, signal: AbortSignal): Promise<EvaluationRequest> {
  const config = options.config === undefined ? undefined : loadEvaluationConfig(options.config);
  const { environment } = options;
  const named = options.games ?? Object.keys(config?.games ?? {});
  const games = environment === undefined ? named : [writtenGame(environment)];
  if (games.length === 0) {
    throw new AgentError('usage', 'what shall be evaluated?', {
      expected: '--game NAME, --env ID, --config NAME, or --resume DIR',
      next: 'for example: agent eval --game carracing --policy expert --episodes 50',
    });
  }
  const entries = await entriesOf(
    await openGames(games, options.openEmulators, signal),
    options.policies ?? config?.policies,
    config,
    options,
  );
  const seeds = await seedsOf(options, config);
  const { shard } = options;
  return {
    name: config?.name ?? [...new Set(entries.map(({ game }) => game.name))].join('-'),
    entries,
    seeds: shard === undefined ? seeds : seedsOfShard(seeds, shard),
    ...(shard === undefined ? {} : { shard: { ...shard, seeds: formatSeeds(seeds) } }),
    maxDecisions: options.maxDecisions ?? config?.max_decisions ?? null,
    plain: options.plain === true,
  };
}

/** What an evaluation that was started before was asked for; games are read again and must be the same. */
export async function requestOfStarted(
  file: EvaluationFile,
  where: string,
  openEmulators: OpenEmulators,
  signal: AbortSignal,
): Promise<EvaluationRequest> {
  const given = [...new Set(file.entries.map(({ game_given }) => game_given))];
  const games = new Map(await openGames(given, openEmulators, signal));
  const entries: RequestedEntry[] = [];
  for (const { game_given: gameGiven, policy, spec, play, clock = null } of file.entries) {
    const game = await playedBy(spec, games.get(gameGiven) as Game, play);
    entries.push({ game, gameGiven, policy, spec, clock, ...(play ? { play } : {}) });
  }
  return {
    name: file.name,
    entries,
    seeds: parseSeeds(file.seeds, where),
    ...(file.shard === undefined ? {} : { shard: file.shard }),
    maxDecisions: file.max_decisions,
    plain: file.plain,
  };
}

/** Each name or environment that was given, and its game. */
async function openGames(
  given: readonly string[],
  openEmulators: OpenEmulators,
  signal: AbortSignal,
): Promise<Given[]> {
  const games: Given[] = [];
  for (const one of given) games.push([one, await openGame(one, (signal) => openEmulators({ signal }), signal)]);
  return games;
}

type Given = readonly [given: string, game: Game];

async function entriesOf(
  games: readonly Given[],
  policies: readonly string[] | undefined,
  config: EvaluationConfig | undefined,
  { services, person, play = {}, clocks = [null] }: Pick<SettledOptions, 'services' | 'person' | 'play' | 'clocks'>,
): Promise<RequestedEntry[]> {
  const entries: RequestedEntry[] = [];
  for (const [gameGiven, own] of games) {
    if (config) requireSettings(config, own);
    for (const words of policies ?? [defaultPolicy(own)]) {
      const { policy, spec } = named(words);
      const game = await playedBy(spec, own, play);
      const asked = Object.keys(play).length === 0 ? {} : { play };
      for (const clock of clocks) {
        entries.push({ game, gameGiven, policy: rowName(policy, game, clock), spec, clock, ...asked });
      }
    }
  }
  const seen = new Set<string>();
  for (const { game, policy } of entries) {
    const key = `${game.name} ${policy}`;
    if (seen.has(key)) {
      throw new AgentError('usage', 'two rows of the table would have the same name', {
        expected: 'each game and policy once; NAME=POLICY names one in the table',
        got: `${policy} twice in ${game.name}`,
        where: '--policy',
      });
    }
    seen.add(key);
  }
  // Before a folder is made: a wrong name or a missing checkpoint leaves nothing behind.
  for (const { game, spec } of entries) {
    await checkPolicy(spec, { game, services, person });
    await demonstrationsFor(game);
  }
  return entries;
}

/** A row says how it was played, as far as it is not the default: `pae-lamm (history=2 clock=real)`. */
function rowName(policy: string, { play }: Game, clock: Clock): string {
  const ways = [
    ...(play === undefined ? [] : [playInWords(play)]),
    ...(clock === null ? [] : [`clock=${clockInWords(clock)}`]),
  ];
  return ways.length === 0 ? policy : `${policy} (${ways.join(' ')})`;
}

/** `mine=pae-lamm:DIR` is that policy under a name; an argument after a colon may hold a `=` of its own. */
function named(words: string): { policy: string; spec: string } {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/.exec(words.trim());
  return match
    ? { policy: match[1] as string, spec: match[2] as string }
    : { policy: words.trim(), spec: words.trim() };
}

async function seedsOf(options: SettledOptions, config: EvaluationConfig | undefined): Promise<number[]> {
  const given = options.seeds ?? config?.seeds;
  if (given === undefined) {
    return Array.from({ length: options.episodes ?? DEFAULT_EPISODES }, (_, i) => FIRST_EVALUATION_SEED + i);
  }
  const seeds = parseSeeds(given);
  const { episodes = seeds.length } = options;
  if (episodes <= seeds.length) return seeds.slice(0, episodes);
  throw new AgentError('usage', 'there are fewer seeds than episodes', {
    expected: `--episodes of at most ${seeds.length}`,
    got: String(episodes),
    where: '--episodes',
  });
}
