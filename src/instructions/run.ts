/** Players asked about a game told otherwise, episode by episode. */
import { fromVectorEnv, type Game, loadGame, playEpisodes, requireSameActions, specOf } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { type Emulators, makeVectorEnv } from '../env-bridge/index.js';
import { checkPolicy, createPolicy, playedBy, type Services } from '../players/index.js';
import { AskedOtherwise, type FollowedEpisode } from './followed.js';
import { namedTelling, requireTellable, TELLINGS, type Telling } from './tellings.js';

/** What one player is asked. */
export interface InstructionsPlan {
  readonly spec: string;
  /** As this player plays it. */
  readonly game: Game;
  readonly tellings: readonly Telling[];
  readonly seeds: readonly number[];
}

export interface Asked {
  /** A name of `agent games`, or the path of a YAML file. */
  readonly game: string;
  readonly policies: readonly string[];
  /** Tellings of one's own, as `namedTelling` reads them. */
  readonly names: readonly string[];
  /** The first three of evaluation where left out. */
  readonly seeds?: readonly number[] | undefined;
}

/** A plan for each player. Rejects with `usage` or `config` for whatever is wrong, before anything is asked. */
export async function plansOf({ game: name, policies, names, seeds }: Asked): Promise<InstructionsPlan[]> {
  const game = loadGame(name);
  const tellings = [...TELLINGS, ...names.map((words) => namedTelling(words, game))];
  const labels = tellings.map(({ name: label }) => label);
  requireDifferent('--names', labels);
  requireDifferent('--policy', policies);
  const { from } = game.seeds.evaluation;
  const plans: InstructionsPlan[] = [];
  for (const spec of policies) {
    const own = await playedBy(spec, game);
    requireTellable(own);
    await checkPolicy(spec, { game: own });
    plans.push({
      ...{ spec, tellings, seeds: seeds ?? [from, from + 1, from + 2] },
      // A fallback in place of an answer would be counted as one.
      game: { ...own, answers: { ...own.answers, onError: 'fail' } },
    });
  }
  return plans;
}

export interface AskingOptions {
  readonly emulators: Emulators;
  readonly services: Services;
  readonly signal: AbortSignal;
  /** Only every so-manieth decision is asked about. */
  readonly every: number;
  readonly maxDecisions: number | undefined;
  /** Told of each episode, also of one that broke off: what was asked in it is true. */
  readonly over: (episode: FollowedEpisode) => void;
}

/** Plays the seeds one after another. Rejects with the first episode's error. */
export async function askedOtherwise(plan: InstructionsPlan, options: AskingOptions): Promise<void> {
  const { spec, game, tellings, seeds } = plan;
  const { emulators, services, signal, every, maxDecisions, over } = options;
  requireSameActions(game, await specOf(game.emulator, emulators, signal));
  await using player = await createPolicy(spec, { game, signal, services });
  const policy = new AskedOtherwise(player, tellings, { every, over });
  const { env, ...settings } = game.emulator;
  const environments = fromVectorEnv(await makeVectorEnv(env, { ...settings, emulators, signal, count: 1 }));
  for (const seed of seeds) {
    const [end] = await playEpisodes({
      ...{ game, policy, signal, environments, episodes: [{ id: `${seed}`, seed }] },
      ...(maxDecisions === undefined ? {} : { maxDecisions }),
    });
    if (end?.error) throw end.error;
  }
}

function requireDifferent(where: string, words: readonly string[]): void {
  const twice = words.find((word, i) => words.indexOf(word) !== i);
  if (twice === undefined) return;
  throw new AgentError('usage', 'the same is given twice', { expected: 'different ones', got: twice, where });
}
