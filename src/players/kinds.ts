/** Who can play: every kind of player there is, and the one that plays where nobody is named. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Game } from '../agent/game/game.js';
import type { Need } from '../agent/loop/needs.js';
import { type PlayChoices, withPlay } from '../agent/play-settings/play-settings.js';
import type { Policy, View } from '../agent/policy.js';
import { FrameStack } from '../agent/prompt/frame-stack.js';
import { projectPaths } from '../core/project-paths.js';
import { constantKind, noopKind } from './constant.js';
import { expertKind } from './expert.js';
import { anthropicKind, endpointKind, googleKind, openaiKind } from './http/kinds.js';
import { humanKind } from './human.js';
import { isModule, loadModule } from './module.js';
import { randomKind } from './random.js';
import {
  findPolicy,
  type NamedPolicy,
  type PolicyContext,
  type PolicyKind,
  splitSpec,
  type ViewContext,
} from './registry.js';
import { scriptKind } from './script.js';
import { teacherKind } from './teacher.js';
import { modelKinds, playingModel } from './vision-language/kinds.js';

/** Every kind that `--policy` knows by name. */
export const policyKinds: readonly PolicyKind[] = [
  randomKind,
  noopKind,
  constantKind,
  scriptKind,
  expertKind,
  teacherKind,
  ...modelKinds,
  endpointKind,
  openaiKind,
  anthropicKind,
  googleKind,
  humanKind,
];

async function named(spec: string, kinds: readonly PolicyKind[]): Promise<NamedPolicy> {
  return isModule(spec) ? loadModule(spec) : findPolicy(spec, kinds);
}

/**
 * The policy that `spec` names among `kinds`, or in a module of the user's own. Rejects with `usage` where there is
 * none, or its argument is missing or not wanted, and with whatever making it meets.
 */
export async function createPolicy(
  spec: string,
  context: PolicyContext,
  kinds: readonly PolicyKind[] = policyKinds,
): Promise<Policy> {
  const { kind, argument } = await named(spec, kinds);
  return kind.create(argument, context);
}

/** Sees that there is such a policy, without loading it. Rejects as `createPolicy`. */
export async function checkPolicy(
  spec: string,
  context: PolicyContext,
  kinds: readonly PolicyKind[] = policyKinds,
): Promise<void> {
  const { kind, argument } = await named(spec, kinds);
  if (kind.check) return kind.check(argument, context);
  await (await kind.create(argument, context))[Symbol.asyncDispose]();
}

/** What the policy that `spec` names needs. Rejects with `usage` where there is none. */
export async function needsOf(spec: string, kinds: readonly PolicyKind[] = policyKinds): Promise<readonly Need[]> {
  return (await named(spec, kinds)).kind.needs ?? [];
}

/**
 * The game as it is played by the policy that `spec` names: what the policy brings goes before the game's own ways of
 * playing, and `choices` before both. Rejects with `usage` where there is no such policy or two ways do not go
 * together.
 */
export async function playedBy(
  spec: string,
  game: Game,
  choices?: PlayChoices,
  kinds: readonly PolicyKind[] = policyKinds,
): Promise<Game> {
  const { kind, argument } = await named(spec, kinds);
  return withPlay(game, kind.play?.(argument), choices);
}

/**
 * A new episode's view of the policy that `spec` names, which may come out of a stranger's record: no module is run for
 * it, and of a policy of no kind in `kinds` it is the game's stack of frames. Rejects where the policy's preprocessing
 * cannot be read.
 */
export async function createView(
  spec: string,
  context: ViewContext,
  kinds: readonly PolicyKind[] = policyKinds,
): Promise<View> {
  const { name, argument } = splitSpec(spec);
  const kind = kinds.find((one) => one.name === name);
  if (kind?.view) return kind.view(argument || undefined, context);
  const stack = new FrameStack(context.game.frames);
  return (observation) => {
    stack.push(observation);
    return stack.frames;
  };
}

/**
 * Who plays a game where nobody is named: the PAE-LaMM that is shipped for it, else the expert, else random actions.
 */
export function defaultPolicy(game: Game): string {
  const isShipped = (model: string): boolean => existsSync(join(projectPaths.models, model));
  if (isShipped(playingModel('pae-lamm', game))) return 'pae-lamm';
  return isShipped(`expert-${game.name}`) ? 'expert' : 'random';
}
