/** What the policy of a record sees, for `--view`. */
import { z } from 'zod';
import { createView } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import type { ViewFactory } from '../replay/index.js';
import { policyKinds } from './policy-kinds.js';

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

/** By the policy's name and the game in the record. Rejects where the policy's preprocessing cannot be read any more. */
export const viewOfRecord: ViewFactory = ({ game, policy }) =>
  createView(policy.id, { game: { name: game.name, frames: frames.parse(game.config.frames) } }, policyKinds);
