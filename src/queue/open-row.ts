/** Makes of a row's description a player, or says why this worker cannot play it. */
import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import { type Game, gameNames, loadGame, loadShippedGame, type Policy } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { askedAlone } from '../datasets/index.js';
import type { Emulators } from '../env-bridge/index.js';
import { batchInvariant, gameHash } from '../evaluation/index.js';
import { makePlayer } from '../evaluation/make-player.js';
import { createPolicy, playedBy } from '../players/index.js';
import { fetchCheckpoint } from './checkpoints.js';
import { collectingPlayer } from './collecting-player.js';
import type { Identity, PlayerDescription, RowDescription, RunDescription } from './description.js';
import { EntryPlayer, type RowPlayer, scratchFolder } from './entry-player.js';
import { differenceInWords, differencesOf } from './identity.js';
import { isPlainPolicy, isWeightsKind } from './policies.js';

export interface RowContext {
  readonly redis: Redis;
  readonly identity: Identity;
  readonly emulators: Emulators;
  /** Files of games that this worker plays beside the shipped ones. */
  readonly games: readonly string[];
  /** Where weights are kept that came through the queue, or lie for all to see. */
  readonly checkpoints: string;
  readonly parallel: number;
  readonly signal: AbortSignal;
}

/** Rejects with an error that says in what this worker differs, or what it lacks. */
export async function openRow(run: RunDescription, row: RowDescription, context: RowContext): Promise<RowPlayer> {
  const { identity } = context;
  const [difference] = differencesOf(run.identity, identity).filter((one) => !run.allowed.includes(one));
  if (difference) throw unable(`this worker has ${differenceInWords(difference, run.identity, identity)}`);
  return row.collect === undefined ? openEntry(run, row, context) : openCollection(run, row, row.collect, context);
}

async function openEntry(run: RunDescription, row: RowDescription, context: RowContext): Promise<RowPlayer> {
  const { identity, emulators, parallel, signal } = context;
  const spec = await specOf(row, context);
  const game = await gameOf(row, context.games, (one) => playedBy(spec, one, row.play));
  const policy = batchInvariant(await makePlayer(spec, { game, signal }));
  try {
    requireSame(row, policy);
    const scratch = await scratchFolder();
    const options = {
      game,
      // Its name here may be that of another folder.
      policy: { ...policy, id: row.policy_id },
      ...{ emulators, parallel, maxDecisions: run.max_decisions, clock: row.clock, plain: run.plain },
      ...{ given: [], versions: identity.versions, git: identity.git },
    };
    return new EntryPlayer(options, scratch, async () => policy[Symbol.asyncDispose]());
  } catch (error) {
    await policy[Symbol.asyncDispose]();
    throw error;
  }
}

/** Demonstrations: who drives, and who says what should be done. */
async function openCollection(
  run: RunDescription,
  row: RowDescription,
  { labeller: other, noise }: NonNullable<RowDescription['collect']>,
  context: RowContext,
): Promise<RowPlayer> {
  const { identity, emulators, parallel, signal } = context;
  const game = await gameOf(row, context.games, async (one) => one);
  const opened: Policy[] = [];
  const close = async (): Promise<void> => {
    for (const policy of opened.splice(0)) await policy[Symbol.asyncDispose]();
  };
  const open = async (player: PlayerDescription): Promise<Policy> => {
    const policy = await createPolicy(await specOf(player, context), { game, signal });
    opened.push(policy);
    requireSame(player, policy);
    // Its name here may be that of another folder.
    return askedAlone(policy, player.policy_id);
  };
  try {
    const driver = await open(row);
    const labeller = other === null ? driver : await open(other);
    const { versions, git } = identity;
    const players = { game, driver, labeller, noise };
    return await collectingPlayer(
      { ...players, emulators, parallel, versions, git, maxDecisions: run.max_decisions },
      close,
    );
  } catch (error) {
    await close();
    throw error;
  }
}

async function specOf({ policy, checkpoint }: PlayerDescription, { redis, checkpoints }: RowContext): Promise<string> {
  if (checkpoint === undefined) {
    if (isPlainPolicy(policy)) return policy;
    throw unable('this worker makes no policy of that name');
  }
  if (!isWeightsKind(checkpoint.kind)) throw unable(`no weights are of the kind ${checkpoint.kind}`);
  return `${checkpoint.kind}:${await fetchCheckpoint(redis, checkpoint, checkpoints)}`;
}

async function gameOf(
  row: RowDescription,
  files: readonly string[],
  asPlayed: (game: Game) => Promise<Game>,
): Promise<Game> {
  const shipped = gameNames().includes(row.game) ? [loadShippedGame(row.game)] : [];
  const own = [...files.map((file) => loadGame(file)), ...shipped].filter(({ name }) => name === row.game);
  for (const one of own) {
    const game = await asPlayed(one);
    if (gameHash(game) === row.game_sha256) return game;
  }
  throw unable(own.length === 0 ? `it has no game ${row.game}: --game FILE` : `its rules of ${row.game} are others`);
}

/** Throws where a player is not the coordinator's. */
function requireSame(row: PlayerDescription, { provenance = {} }: Policy): void {
  if (isDeepStrictEqual(provenance, row.provenance)) return;
  const names = Object.keys({ ...row.provenance, ...provenance });
  const name = names.find((one) => row.provenance[one] !== provenance[one]) as string;
  throw unable(`the policy's ${name} is ${provenance[name]}, not ${row.provenance[name]}`);
}

function unable(why: string): AgentError {
  return new AgentError('usage', why);
}
