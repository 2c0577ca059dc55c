/** What the policy of a record sees. */
import { z } from 'zod';
import { gameNames } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { createView, isShippedPolicy, policyKinds } from '../players/index.js';
import type { ViewFactory } from './captions.js';

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
      where: '--policy-view',
      next: 'leave --policy-view out, or play it anew with --record --policy-view',
    });
  }
  const known = gameNames().includes(game.name) ? game.name : 'unknown';
  return createView(policy.id, { game: { name: known, frames: frames.parse(game.config.frames) } });
};
