/** Which policies can be named in a queue: those that are no code, no path and no service. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AgentError } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { isShippedPolicy, PAPER_MODELS } from '../players/index.js';

/** Kinds without a file. */
const PLAIN = /^(?:random|noop|teacher|constant:[A-Za-z0-9_ .,+[\]-]{1,100})$/;
/** Kinds of weights: shipped ones by name, others by their hash. */
const OF_WEIGHTS = ['expert', ...PAPER_MODELS].join('|');
const WEIGHTS = new RegExp(`^(${OF_WEIGHTS})(?::(.+))?$`);
const SHIPPED = new RegExp(`^(?:${OF_WEIGHTS})(?::[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$`);

/** How a policy is named to workers: as it is, or as a checkpoint in a folder here. */
export type NamedForWorkers = { readonly policy: string } | { readonly kind: string; readonly folder: string };

/** Throws `usage` for a policy that workers cannot be told. */
export function nameForWorkers(spec: string): NamedForWorkers {
  const match = WEIGHTS.exec(spec);
  if (match !== null) {
    const [, kind = '', argument] = match;
    if (argument === undefined) return { policy: spec };
    const name = argument.replace(/^models\//, '');
    if (SHIPPED.test(`${kind}:${name}`) && existsSync(join(projectPaths.models, name))) return { policy: spec };
    return { kind, folder: resolve(argument) };
  }
  if (PLAIN.test(spec)) return { policy: spec };
  throw new AgentError('usage', 'this policy cannot be played through a queue', {
    expected: 'random, noop, teacher, constant:ACTION, expert, pae-lamm, frozen or plain, with weights of any folder',
    got: spec,
    where: '--policy',
    next:
      'workers run no code and open no file that the queue names, and budgets of services are kept in one place: ' +
      'play it without --queue, or in parts with --shard',
  });
}

/** Whether a worker may make the policy that a description names. */
export function isPlainPolicy(policy: string): boolean {
  if (PLAIN.test(policy)) return true;
  const argument = policy.replace(new RegExp(`^(${OF_WEIGHTS}):models/`), '$1:');
  return SHIPPED.test(argument) && isShippedPolicy(policy);
}

/** Whether a description's checkpoint is of a kind that is made of weights. */
export const isWeightsKind = (kind: string): boolean => WEIGHTS.test(kind) && !kind.includes(':');
