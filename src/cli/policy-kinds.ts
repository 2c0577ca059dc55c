/** Who can play: the basic policies, and those that the rooms above the agent bring. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { basicPolicies, type Game, type PolicyKind } from '../agent/index.js';
import { baselinePolicyKind, paeLammPolicyKind } from '../agent/policies/pae-lamm.js';
import { projectPaths } from '../core/project-paths.js';
import { expertPolicy } from '../expert/expert-policy.js';

export const policyKinds: readonly PolicyKind[] = [
  ...basicPolicies,
  expertPolicy,
  paeLammPolicyKind,
  baselinePolicyKind,
];

/** Who plays a game where nobody is named: the expert that is shipped for it, else random actions. */
export function defaultPolicy({ name }: Game): string {
  return existsSync(join(projectPaths.models, `expert-${name}`)) ? 'expert' : 'random';
}
