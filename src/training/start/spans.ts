/** Where the parts of a hidden state lie that a start gives a meaning to, and whether a network has room for them. */
import { AgentError } from '../../core/errors.js';
import type { TextConfig } from '../../model/config/index.js';

/** From `start` on, `size` values: of a hidden state, of a matrix's rows or of its columns. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

/** One part behind the other. @param sizes of the parts, in order. @param start of the first. */
export function layOutSpans<T extends string>(sizes: Readonly<Record<T, number>>, start: number): Record<T, Span> {
  let next = start;
  const entries = Object.entries<number>(sizes).map(([name, size]) => {
    const span = { start: next, size };
    next += size;
    return [name, span] as const;
  });
  return Object.fromEntries(entries) as Record<T, Span>;
}

/** Where the last of the parts ends. */
export function endOfSpans(sizes: Readonly<Record<string, number>>, start: number): number {
  return Object.values(sizes).reduce((sum, size) => sum + size, start);
}

type Sizes = Partial<Record<'hiddenSize' | 'headDim' | 'heads' | 'layers' | 'intermediateSize', number>>;

/**
 * Throws `config` where the network has too few of anything.
 * @param what it is too small for. @param otherwise what to set instead of a larger one.
 */
export function requireSizes(config: TextConfig, needed: Sizes, what: string, otherwise: string): void {
  const least = Object.entries(needed) as [keyof Sizes, number][];
  const missing = least.filter(([name, size]) => config[name] < size);
  if (missing.length === 0) return;
  throw new AgentError('config', `the network is too small for ${what}`, {
    expected: `${least.map(([name, size]) => `${name} ${size}`).join(', ')} or more`,
    got: missing.map(([name]) => `${name} ${config[name]}`).join(', '),
    where: 'start.language',
    next: `enlarge it, or set ${otherwise}`,
  });
}
