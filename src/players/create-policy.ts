/**
 * Policies by name, as `--policy` takes them: `NAME` or `NAME:ARGUMENT`. Rooms above this one bring kinds of their own
 * (experts, models) and pass them along; a kind loads what it needs when it is asked for, not before.
 */
import { AgentError } from '../core/index.js';
import { FrameStack } from '../agent/prompt/frame-stack.js';
import type { Game } from '../agent/game/game.js';
import type { Need } from '../agent/loop/needs.js';
import { createConstantPolicy, createNoopPolicy } from './constant.js';
import { createRandomPolicy } from './random.js';
import { createScriptPolicy } from './script.js';
import type { Policy, View } from '../agent/policy.js';
import { didYouMean } from '../core/yaml-config.js';

export interface PolicyContext {
  readonly game: Game;
  readonly signal?: AbortSignal;
}

/** One kind of policy, for the registry and for help texts. */
export interface PolicyKind {
  readonly name: string;
  /** What follows the colon, such as `ACTION`; null where nothing does. */
  readonly argument: { readonly name: string; readonly isRequired: boolean } | null;
  readonly description: string;
  /** What its policies need, known before one is loaded; nothing where left out. */
  readonly needs?: readonly Need[];
  /** Rejects where `create` would at once; for kinds that load much. Left out: making one is quick. */
  check?(argument: string | undefined, context: PolicyContext): Promise<void>;
  /** `argument` is never empty; it is undefined only where it may be left out. */
  create(argument: string | undefined, context: PolicyContext): Promise<Policy>;
  /** What the policy sees, without loading its weights; left out where it sees the frames as the game stacks them. */
  view?(argument: string | undefined, context: ViewContext): Promise<View>;
}

/** The game as far as it decides what a policy is given. */
export type ViewContext = { readonly game: Pick<Game, 'name' | 'frames'> };

/** The policies that need no model. */
export const basicPolicies: readonly PolicyKind[] = [
  {
    name: 'random',
    argument: null,
    description: 'every action as likely as any other, drawn from the seed',
    create: async () => createRandomPolicy(),
  },
  {
    name: 'noop',
    argument: null,
    description: 'the action that does nothing',
    create: async (_, { game }) => createNoopPolicy(game),
  },
  {
    name: 'constant',
    argument: { name: 'ACTION', isRequired: true },
    description: 'one action throughout, by name, alias or index',
    create: async (action, { game }) => createConstantPolicy(action as string, game),
  },
  {
    name: 'script',
    argument: { name: 'FILE', isRequired: true },
    description: 'the actions written in a file, one a line',
    create: (file, { game }) => createScriptPolicy(file as string, game),
  },
];

/**
 * The policy that `spec` names among `kinds`. Rejects with `usage` where there is none, or its argument is missing or
 * not wanted, and with whatever making it meets.
 */
export async function createPolicy(
  spec: string,
  context: PolicyContext,
  kinds: readonly PolicyKind[] = basicPolicies,
): Promise<Policy> {
  const { kind, argument } = parsePolicy(spec, kinds);
  return kind.create(argument, context);
}

/** Sees that there is such a policy, without loading it. Rejects as `createPolicy`. */
export async function checkPolicy(
  spec: string,
  context: PolicyContext,
  kinds: readonly PolicyKind[] = basicPolicies,
): Promise<void> {
  const { kind, argument } = parsePolicy(spec, kinds);
  if (kind.check) return kind.check(argument, context);
  await (await kind.create(argument, context))[Symbol.asyncDispose]();
}

/** What the policy that `spec` names needs. Throws `usage` where there is none. */
export function needsOf(spec: string, kinds: readonly PolicyKind[] = basicPolicies): readonly Need[] {
  return parsePolicy(spec, kinds).kind.needs ?? [];
}

interface ParsedPolicy {
  readonly kind: PolicyKind;
  readonly argument: string | undefined;
}

function parsePolicy(spec: string, kinds: readonly PolicyKind[]): ParsedPolicy {
  const { name, argument, colon } = splitSpec(spec);
  const kind = kinds.find((one) => one.name === name);
  if (!kind) throw unknownPolicy(spec, name, kinds);
  const isMissing = argument === undefined && kind.argument?.isRequired === true;
  const isUnwanted = colon !== -1 && kind.argument === null;
  if (!isMissing && !isUnwanted) return { kind, argument };
  throw new AgentError('usage', isMissing ? `${name} needs an argument` : `${name} takes no argument`, {
    expected: policyUsage(kind),
    got: spec,
    where: '--policy',
  });
}

/**
 * A new episode's view of the policy that `spec` names, which may be one that is not there any more: of a policy of no
 * kind in `kinds` it is the game's stack of frames. Rejects where the policy's preprocessing cannot be read.
 */
export async function createView(spec: string, context: ViewContext, kinds: readonly PolicyKind[]): Promise<View> {
  const { name, argument } = splitSpec(spec);
  const kind = kinds.find((one) => one.name === name);
  if (kind?.view) return kind.view(argument, context);
  const stack = new FrameStack(context.game.frames);
  return (observation) => {
    stack.push(observation);
    return stack.frames;
  };
}

function splitSpec(spec: string): { name: string; argument: string | undefined; colon: number } {
  const colon = spec.indexOf(':');
  const name = (colon === -1 ? spec : spec.slice(0, colon)).trim();
  return { name, colon, argument: colon === -1 ? undefined : spec.slice(colon + 1).trim() || undefined };
}

/** How a kind is written: `random`, `constant:ACTION`, `expert[:DIR]`. */
export function policyUsage({ name, argument }: Pick<PolicyKind, 'name' | 'argument'>): string {
  if (argument === null) return name;
  return argument.isRequired ? `${name}:${argument.name}` : `${name}[:${argument.name}]`;
}

function unknownPolicy(spec: string, name: string, kinds: readonly PolicyKind[]): AgentError {
  return new AgentError('usage', `there is no policy ${JSON.stringify(name)}`, {
    expected: `one of ${kinds.map(policyUsage).join(', ')}`,
    got: spec,
    where: '--policy',
    next: whereToGo(spec, name, kinds),
  });
}

function whereToGo(spec: string, name: string, kinds: readonly PolicyKind[]): string {
  const names = kinds.map((kind) => kind.name);
  const several = spec.split(',').map((part) => part.trim());
  if (several.length > 1 && several.every((part) => names.includes(part.replace(/:.*$/s, '')))) {
    const each = several.map((part) => `--policy ${part}`).join(' ');
    return `name each by itself (agent eval ${each}), or see them side by side: agent compare --policies ${spec}`;
  }
  const similar = didYouMean(name, names);
  if (similar !== undefined) return `did you mean ${similar}?`;
  return 'a vision-language model of your own plays as pae-lamm:DIR, from a checkpoint in LLaVA layout (docs/model.md)';
}
