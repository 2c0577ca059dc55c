/** The rules of a game as one string: episodes under other rules belong to another table. */
import { createHash } from 'node:crypto';

/** What says something about a game's scores and nothing about its episodes. */
const NO_RULES: ReadonlySet<string> = new Set(['goal', 'usualDecisions']);

/** SHA-256 of a game, or of its configuration as a record holds it, without what changes no episode. */
export function gameHash(game: object): string {
  const rules = Object.entries(game).filter(([name]) => !NO_RULES.has(name));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(rules)))
    .digest('hex');
}
