/**
 * Kinds of players, and how `--policy` names them: `NAME` or `NAME:ARGUMENT`. A kind loads what it needs when it is
 * asked.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Demonstrations } from '../agent/conversation/conversation.js';
import type { Game } from '../agent/game/game.js';
import type { Need } from '../agent/loop/needs.js';
import type { PlayChoices } from '../agent/play-settings/play-settings.js';
import type { Policy, View } from '../agent/policy.js';
import { AgentError } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { didYouMean } from '../core/yaml-config.js';
import type { Services } from './http/services.js';
import type { Person } from './person.js';

export interface PolicyContext {
  readonly game: Game;
  readonly signal?: AbortSignal;
  /** What players over HTTP share with others of the same command; without a limit and a cache where left out. */
  readonly services?: Services | undefined;
  /** Those that the game's way of playing asks for. */
  readonly demonstrations?: Demonstrations | undefined;
  /** Who plays as `human`; nobody where left out. */
  readonly person?: Person | undefined;
}

/** The game as far as it decides what a policy is given. */
export type ViewContext = { readonly game: Pick<Game, 'name' | 'frames'> };

/** One kind of player, for the registry and for help texts. */
export interface PolicyKind {
  /** Letters, digits and hyphens. */
  readonly name: string;
  /** What follows the colon, such as `ACTION`; null where nothing does. */
  readonly argument: { readonly name: string; readonly isRequired: boolean } | null;
  readonly description: string;
  /** Ways of playing that its policies bring with them; they go before the game's. Throws where `create` would. */
  play?(argument: string | undefined): PlayChoices;
  /** What its policies need, known before one is loaded; nothing where left out. */
  readonly needs?: readonly Need[];
  /** Rejects where `create` would at once; for kinds that load much. Left out: making one is quick. */
  check?(argument: string | undefined, context: PolicyContext): Promise<void>;
  /** `argument` is never empty; it is undefined only where it may be left out. */
  create(argument: string | undefined, context: PolicyContext): Promise<Policy>;
  /** What the policy sees, without loading its weights; left out where it sees the frames as the game stacks them. */
  view?(argument: string | undefined, context: ViewContext): Promise<View>;
}

/** A kind, and what stands behind the colon. */
export interface NamedPolicy {
  readonly kind: PolicyKind;
  readonly argument: string | undefined;
}

/** What `spec` names among `kinds`. Throws `usage` where there is none, or its argument is missing or not wanted. */
export function findPolicy(spec: string, kinds: readonly PolicyKind[]): NamedPolicy {
  const { name, argument } = splitSpec(spec);
  const kind = kinds.find((one) => one.name === name);
  if (!kind) throw unknownPolicy(spec, name, kinds);
  return withArgument(kind, argument, spec);
}

/** A kind with an argument as it stands in `spec`. Throws `usage` where it is missing or not wanted. */
export function withArgument(kind: PolicyKind, argument: string | undefined, spec: string): NamedPolicy {
  const isMissing = !argument && kind.argument?.isRequired === true;
  const isUnwanted = argument !== undefined && kind.argument === null;
  if (!isMissing && !isUnwanted) return { kind, argument: argument || undefined };
  throw new AgentError('usage', isMissing ? `${kind.name} needs an argument` : `${kind.name} takes no argument`, {
    expected: policyUsage(kind),
    got: spec,
  });
}

/** The two parts of a spec; the argument is undefined without a colon, and may be empty behind one. */
export function splitSpec(spec: string): { readonly name: string; readonly argument: string | undefined } {
  const colon = spec.indexOf(':');
  if (colon === -1) return { name: spec.trim(), argument: undefined };
  return { name: spec.slice(0, colon).trim(), argument: spec.slice(colon + 1).trim() };
}

/** How a kind is written: `random`, `constant:ACTION`, `expert[:DIR]`. */
export function policyUsage({ name, argument }: Pick<PolicyKind, 'name' | 'argument'>): string {
  if (argument === null) return name;
  return argument.isRequired ? `${name}:${argument.name}` : `${name}[:${argument.name}]`;
}

function unknownPolicy(spec: string, name: string, kinds: readonly PolicyKind[]): AgentError {
  return new AgentError('usage', `there is no policy ${JSON.stringify(name)}`, {
    expected: `one of ${kinds.map(policyUsage).join(', ')}, or a module such as ./my-policy.mjs`,
    got: spec,
    next: whereToGo(spec, name, kinds),
  });
}

function whereToGo(spec: string, name: string, kinds: readonly PolicyKind[]): string {
  const names = kinds.map((kind) => kind.name);
  const several = spec.split(',').map((part) => part.trim());
  if (several.length > 1 && several.every((part) => names.includes(part.replace(/:.*$/s, '')))) {
    const each = several.map((part) => `--policy ${part}`).join(' ');
    return `name each by itself: ${each}`;
  }
  const meant = ofService(spec) ?? ofFolder(name, names);
  if (meant !== undefined && names.includes(splitSpec(meant).name)) return `did you mean ${meant}?`;
  const similar = didYouMean(name, names);
  if (similar !== undefined) return `did you mean ${similar}?`;
  return (
    'a vision-language model of your own plays as pae-lamm:DIR, from a checkpoint in LLaVA layout (docs/model.md), ' +
    'or as endpoint:NAME, from behind a service (docs/endpoints.md)'
  );
}

/** How services name their models. */
const OF_SERVICES: readonly (readonly [service: string, names: RegExp])[] = [
  ['openai', /^(?:gpt-|chatgpt-|o\d(?:-|$))/],
  ['anthropic', /^claude-/],
  ['google', /^gemini-/],
];

function ofService(spec: string): string | undefined {
  const service = OF_SERVICES.find(([, names]) => names.test(spec))?.[0];
  return service && `${service}:${spec}`;
}

/** How a folder of models/ plays: as the kind that its name begins with, else as PAE-LaMM where it writes answers. */
function ofFolder(name: string, kinds: readonly string[]): string | undefined {
  const has = (file: string): boolean => existsSync(join(projectPaths.models, name, file));
  if (name.includes('/') || !has('config.json')) return undefined;
  const kind = kinds.find((one) => name.startsWith(`${one}-`));
  if (kind === 'expert') return `expert:models/${name}`;
  return has('generation_config.json') ? `${kind ?? 'pae-lamm'}:${name}` : undefined;
}
