/** Games that say only in what they differ from another one: `extends: NAME` in their YAML. */
import { AgentError } from '../../core/index.js';

type Fields = Readonly<Record<string, unknown>>;

/** What is the other game's own: scores that were reached in it are no yardstick for this one. */
const NOT_TAKEN_OVER = ['reference'];

/** The name behind `extends`; undefined where a file has none. Throws `config` where it is no name. */
export function extendedName(content: unknown, file: string): string | undefined {
  if (!isFields(content) || !('extends' in content)) return undefined;
  const { extends: name } = content;
  if (typeof name === 'string') return name;
  throw new AgentError('config', 'extends: this value does not fit', {
    expected: 'the name of a shipped game',
    got: JSON.stringify(name),
    where: file,
  });
}

/**
 * The fields of `base` with those of `own` in their places: fields within fields one by one, lists and values as a
 * whole.
 */
export function extendedFields(base: unknown, own: unknown): unknown {
  if (!isFields(base) || !isFields(own)) return own;
  const taken = Object.fromEntries(Object.entries(base).filter(([name]) => !NOT_TAKEN_OVER.includes(name)));
  const { extends: _, ...fields } = own;
  return merged(taken, fields);
}

function merged(base: unknown, own: unknown): unknown {
  if (!isFields(base) || !isFields(own)) return own;
  const names = [...new Set([...Object.keys(base), ...Object.keys(own)])];
  return Object.fromEntries(names.map((name) => [name, name in own ? merged(base[name], own[name]) : base[name]]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
