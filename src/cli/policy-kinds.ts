/** Who can play: the basic policies, and those that the rooms above the agent bring. */
import { basicPolicies, type PolicyKind } from '../agent/index.js';
import { paeLammPolicyKind } from '../agent/policies/pae-lamm.js';
import { expertPolicy } from '../expert/expert-policy.js';

export const policyKinds: readonly PolicyKind[] = [...basicPolicies, expertPolicy, paeLammPolicyKind];
