/**
 * Files that a record or an evaluation names: a checkpoint, a script, a game. A record may come from a stranger, so none
 * of these names is used as a path unless the user has said the same name, or that the files are his own.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gameNames } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { projectPaths, projectRoot } from '../../core/project-paths.js';

/** Kinds of policies whose argument is a path. */
const KINDS_WITH_PATHS: ReadonlySet<string> = new Set(['script', 'expert', 'pae-lamm', 'baseline']);
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Whether a policy is made without a file, or of one that is shipped in models/. */
export function isShippedPolicy(spec: string): boolean {
  const [kind = '', ...rest] = spec.split(':');
  const argument = rest.join(':').trim();
  if (argument === '' || !KINDS_WITH_PATHS.has(kind.trim())) return true;
  const models = `${relative(projectRoot, projectPaths.models)}/`;
  const name = argument.startsWith(models) ? argument.slice(models.length) : argument;
  return kind.trim() !== 'script' && PLAIN_NAME.test(name) && existsSync(join(projectPaths.models, name));
}

/**
 * Throws `usage` where an evaluation would use a file that `isTrusted` does not know: a policy's, or a game's.
 * @param where the evaluation's folder, for the message.
 */
export function refuseForeignFiles(
  entries: readonly { readonly game_given: string; readonly spec: string }[],
  isTrusted: (name: string) => boolean,
  where: string,
): void {
  const games = gameNames();
  const foreign = entries.flatMap(({ game_given, spec }) => [
    ...(games.includes(game_given) ? [] : [game_given]),
    ...(isShippedPolicy(spec) ? [] : [spec]),
  ]);
  const [first] = foreign.filter((name) => !isTrusted(name));
  if (first === undefined) return;
  throw new AgentError('usage', 'the evaluation names files or environments, and may be from somebody else', {
    expected: 'games and policies that are shipped',
    got: JSON.stringify(first),
    where,
    next: 'add --trust-files if you started this evaluation, or give the command it was started with and --out',
  });
}
