/**
 * A player out of a file of the user's own: `--policy ./my-policy.mjs[:ARGUMENT]`. The module's default export is a
 * kind, as `definePolicy` makes it. The file runs with all rights of this program, and its hash stands in the record.
 * What else it imports is not hashed.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Policy } from '../agent/policy.js';
import { AgentError, inWords, readText } from '../core/index.js';
import { type NamedPolicy, type PolicyKind, splitSpec, withArgument } from './registry.js';

/** What a module exports as its default. It does nothing but give the compiler the types. */
export function definePolicy(kind: PolicyKind): PolicyKind {
  return kind;
}

/** Whether a spec names a module rather than a kind: its name ends in `.mjs` or `.js`. */
export function isModule(spec: string): boolean {
  return /\.m?js$/.test(splitSpec(spec).name);
}

/**
 * Loads the module that `spec` names. Its policies are called by the spec, so that no two files have one name in a
 * table. Rejects with `usage` where there is no such file or it exports no kind, and with `policy_failure` where it
 * throws while it is loaded.
 */
export async function loadModule(spec: string): Promise<NamedPolicy> {
  const { name: file, argument } = splitSpec(spec);
  const path = resolve(file);
  const content = await readText(path).catch((cause: unknown) => {
    throw new AgentError('usage', 'the module of the policy cannot be read', {
      expected: 'a file of JavaScript such as ./my-policy.mjs',
      got: (cause as Error).message,
      where: file,
      next: 'check the path after --policy; docs/players.md shows such a file',
      cause,
    });
  });
  const kind = requireKind(await load(path, file), file);
  const facts = { module_sha256: createHash('sha256').update(content).digest('hex') };
  const create: PolicyKind['create'] = async (...given) => recorded(await kind.create(...given), spec.trim(), facts);
  return withArgument({ ...kind, create }, argument, spec);
}

async function load(path: string, file: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(path).href)).default;
  } catch (cause) {
    throw new AgentError('policy_failure', 'the module of the policy cannot be loaded', {
      expected: 'a module that Node can import',
      got: inWords(cause),
      where: file,
      next: `run it by itself to see where it fails: node ${file}`,
      cause,
    });
  }
}

function requireKind(value: unknown, file: string): PolicyKind {
  const { name, argument, create } = (value ?? {}) as Partial<PolicyKind>;
  if (typeof name === 'string' && argument !== undefined && typeof create === 'function') return value as PolicyKind;
  throw new AgentError('usage', 'the module exports no policy', {
    expected: 'export default definePolicy({ name, argument, description, create })',
    got: value === undefined ? 'no default export' : `a default export of type ${typeof value}`,
    where: file,
    next: 'docs/players.md shows one of thirty lines',
  });
}

/** The same policy under the spec's name, with more facts for the record. Its methods keep their own `this`. */
function recorded(policy: Policy, id: string, facts: NonNullable<Policy['provenance']>): Policy {
  return {
    id,
    provenance: { ...policy.provenance, ...facts },
    ...(policy.needs ? { needs: policy.needs } : {}),
    ...(policy.isBatchInvariant ? { isBatchInvariant: true } : {}),
    ...(policy.computesHere ? { computesHere: true } : {}),
    begin: (start) => policy.begin(start),
    act: (situations, options) => policy.act(situations, options),
    end: (episode) => policy.end(episode),
    [Symbol.asyncDispose]: async () => policy[Symbol.asyncDispose]?.(),
  };
}
