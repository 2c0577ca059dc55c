/** The record of an episode that failed before it began, because no emulator came up to play it in. */
import { isGame, newCounters, readGame, writtenGame } from '../agent/index.js';
import { isAgentError } from '../core/index.js';
import { defaultPolicy, playedBy } from '../players/index.js';
import { makePlayer } from './make-player.js';
import { recorderFor, type StageOptions } from './stage.js';

/**
 * Resolves to the folder of the record; undefined of any other error, and of an environment that is no game of a file:
 * what its actions are only the emulator knows. Rejects where the record cannot be written.
 */
export async function recordFailedStart(
  options: StageOptions,
  error: unknown,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isAgentError(error, 'emulator_died') && !isAgentError(error, 'emulator_timeout')) return undefined;
  const described = readGame(writtenGame(options));
  if (!isGame(described)) return undefined;
  const player = options.policy ?? defaultPolicy(described);
  const game = await playedBy(player, described, options.play);
  const { seed = game.seeds.default, maxDecisions = null } = options;
  await using policy = await makePlayer(player, { game, signal });
  const recorder = await recorderFor(options, { game, policy: policy.id, seed });
  const { id, provenance = {} } = policy;
  await recorder.onStart({ game, policy: { id, provenance }, seed, env: null, maxDecisions });
  await recorder.onEnd({ status: 'failed', error, counters: newCounters(), spent: null });
  return recorder.folder;
}
