/** What the policy of a record sees, for `--view`. */

import { z } from 'zod';
import { gameNames } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { createView } from '../../players/index.js';
import { policyKinds } from '../../players/kinds.js';
import type { ViewFactory } from '../../video/index.js';
import { isShippedPolicy } from './named-files.js';

/** Help of `--view`, the same wherever there is one. */
export const VIEW_HELP = 'show the pictures that the policy itself is given beside the game';

/** Throws `usage` where `--view` has no captioned picture to stand beside; `makers` are the options that make one. */
export function checkView(
  { view, overlay }: { readonly view?: boolean; readonly overlay: boolean },
  hasPicture: boolean,
  makers: string,
): void {
  if (!view || (overlay && hasPicture)) return;
  throw new AgentError('usage', '--view stands beside the picture and its text', {
    expected: hasPicture ? '--view or --no-overlay, not both' : `--view together with ${makers}`,
    got: hasPicture ? 'both' : '--view alone',
    next: hasPicture ? 'leave one of them out' : `add ${makers}`,
  });
}

const frames = z.int().min(1).catch(1);

/**
 * By the policy's name and the game in the record, for policies that are shipped: nothing in a record is used as a
 * path. Rejects where the policy's preprocessing cannot be read any more.
 */
export const viewOfRecord: ViewFactory = async ({ game, policy }) => {
  // A kind without a view of its own, such as `script`, reads nothing here.
  const hasOwnView = policyKinds.some(({ name, view }) => view && policy.id.split(':')[0]?.trim() === name);
  if (hasOwnView && !isShippedPolicy(policy.id)) {
    throw new AgentError('usage', 'what this policy sees is not known', {
      expected: 'a policy whose checkpoint lies in models/: nothing in a record is used as a path',
      got: JSON.stringify(policy.id),
      where: '--view',
      next: 'leave --view out, or play it anew with --record --view',
    });
  }
  const known = gameNames().includes(game.name) ? game.name : 'unknown';
  return createView(policy.id, { game: { name: known, frames: frames.parse(game.config.frames) } });
};
