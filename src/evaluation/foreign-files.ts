/**
 * Files that an evaluation names. It may come from a stranger, so none is used unless the user has said the same name.
 */
import { gameNames, type PlayChoices } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { isShippedPolicy } from '../players/index.js';

/** The part of an evaluation's entry that may name files. */
type Naming = { readonly game_given: string; readonly spec: string; readonly play?: PlayChoices };

/** What an evaluation names that is not shipped: games, policies, demonstrations. */
export function foreignFiles(entries: readonly Naming[]): string[] {
  const games = gameNames();
  return entries.flatMap(({ game_given, spec, play }) => [
    ...(games.includes(game_given) ? [] : [game_given]),
    ...(isShippedPolicy(spec) ? [] : [spec]),
    ...(play?.demonstrations ? [play.demonstrations.from] : []),
  ]);
}

/**
 * Throws `usage` where an evaluation would use a file that `isTrusted` does not know: a policy's, a game's, or
 * demonstrations.
 * @param where the evaluation's folder, for the message.
 */
export function refuseForeignFiles(
  entries: readonly Naming[],
  isTrusted: (name: string) => boolean,
  where: string,
): void {
  const [first] = foreignFiles(entries).filter((name) => !isTrusted(name));
  if (first === undefined) return;
  throw new AgentError('usage', 'the evaluation names files or environments, and may be from somebody else', {
    expected: 'games and policies that are shipped',
    got: JSON.stringify(first),
    where,
    next: 'add --trust-files if you started this evaluation, or give the command it was started with and --out',
  });
}
