/** Comparing what a checkpoint holds with what a network needs, before any of it is read. */
import { AgentError } from '../../core/errors.js';
import type { SafetensorsFile } from './safetensors.js';

/** How many names an error lists before it only counts. */
const LISTED = 5;

/**
 * Checks that `file` holds exactly the `expected` tensors (name → shape), but for names that `ignore` matches.
 * Throws `checkpoint` that lists what is missing, what is there too much, and what has another shape.
 */
export function expectTensors(
  file: Pick<SafetensorsFile, 'names' | 'shape' | 'path'>,
  expected: ReadonlyMap<string, readonly number[]>,
  ignore?: RegExp,
): void {
  const present = new Set(file.names);
  const missing = [...expected.keys()].filter((name) => !present.has(name));
  const extra = file.names.filter((name) => !expected.has(name) && !ignore?.test(name));
  const misshapen = [...expected].flatMap(([name, shape]) => {
    if (!present.has(name)) return [];
    const got = file.shape(name);
    return `${got}` === `${shape}` ? [] : [`${name} [${got}] instead of [${shape}]`];
  });
  const problems = [list('missing', missing), list('not expected', extra), list('of another shape', misshapen)];
  const got = problems.filter((problem) => problem !== '').join('; ');
  if (got === '') return;
  throw new AgentError('checkpoint', 'the checkpoint does not fit its configuration', {
    expected: `${expected.size} tensors of the shapes that config.json implies`,
    got,
    where: file.path,
    next: 'check that config.json and the weights belong together',
  });
}

function list(label: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const rest = items.length - LISTED;
  return `${items.length} ${label}: ${items.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
