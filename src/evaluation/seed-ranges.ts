/** Lists of seeds as people write them: `7`, `100000..100049`, `3,5,100..109`. */
import { AgentError, isAgentError } from '../core/index.js';

const MAX_SEED = 2 ** 32 - 1;
/** More is a slip of the keyboard, not an evaluation. */
const MAX_SEEDS = 1_000_000;

/**
 * The seeds in the order given. Throws `usage` for what is no list of seeds, and for a seed that stands there twice.
 */
export function parseSeeds(text: string, where = '--seeds'): number[] {
  const ranges = text.split(',').map((part) => parseRange(part.trim(), text, where));
  const count = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (count > MAX_SEEDS) throw wrong(`at most ${MAX_SEEDS} seeds`, `${count}`, where);
  const seeds = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  const seen = new Set<number>();
  for (const seed of seeds) {
    if (seen.has(seed)) throw wrong('each seed once', `${seed} twice in ${text}`, where);
    seen.add(seed);
  }
  return seeds;
}

/** Whether `parseSeeds` reads a text, and finds a seed in it. */
export function isSeedList(text: string): boolean {
  try {
    return parseSeeds(text).length > 0;
  } catch (error) {
    if (isAgentError(error, 'usage')) return false;
    throw error;
  }
}

/** The shortest text that `parseSeeds` reads as these seeds. */
export function formatSeeds(seeds: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const seed of seeds) {
    const last = runs.at(-1);
    if (last && seed === last[1] + 1) last[1] = seed;
    else runs.push([seed, seed]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}..${to}`)).join(',');
}

/** The first and the last seed of a range; of one seed twice the same. */
function parseRange(part: string, text: string, where: string): [from: number, to: number] {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  const isRange = match !== null && from <= to && to <= MAX_SEED;
  if (!isRange) throw wrong(`seeds from 0 to ${MAX_SEED}, such as 7 or 100000..100049 or 3,5,100..109`, text, where);
  return [from, to];
}

function wrong(expected: string, got: string, where: string): AgentError {
  return new AgentError('usage', 'these are no seeds to play', { expected, got: got.slice(0, 200), where });
}
