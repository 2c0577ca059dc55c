/** Who can play: the basic policies, and those that the rooms above the agent bring. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { basicPolicies, type Game, type PolicyKind } from '../agent/index.js';
import { baselinePolicyKind, paeLammPolicyKind, playingModel } from './vision-language/player.js';
import { projectPaths } from '../core/project-paths.js';
import { expertPolicy } from './expert.js';
import { teacherKind } from '../expert/teacher/index.js';

export const policyKinds: readonly PolicyKind[] = [
  ...basicPolicies,
  expertPolicy,
  teacherKind,
  paeLammPolicyKind,
  baselinePolicyKind,
];

/** Who plays a game where nobody is named: the PAE-LaMM that is shipped for it, else the expert, else random actions. */
export function defaultPolicy(game: Game): string {
  const isShipped = (model: string): boolean => existsSync(join(projectPaths.models, model));
  if (isShipped(playingModel('pae-lamm', game))) return 'pae-lamm';
  return isShipped(`expert-${game.name}`) ? 'expert' : 'random';
}
