/** A policy with what its way of playing needs. */
import type { Policy } from '../agent/index.js';
import { createPolicy, type PolicyContext } from '../players/index.js';
import { demonstrationsFor } from './demonstrations.js';

/** As `createPolicy`, with the demonstrations that the game asks for. Rejects also with `dataset`. */
export async function makePlayer(spec: string, context: Omit<PolicyContext, 'demonstrations'>): Promise<Policy> {
  return createPolicy(spec, { ...context, demonstrations: await demonstrationsFor(context.game) });
}
