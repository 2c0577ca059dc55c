/** Seeds as `--seeds` takes them, and the line between training and evaluation. */
import { AgentError } from '../../core/index.js';

const RANGE = /^(\d+)(?:\.\.(\d+))?$/;
const HIGHEST_SEED = 2 ** 32 - 1;

/** Such as `7`, `0..99` (both ends belong to it) or `1,5,10..19`; throws `usage` for anything else or a seed twice. */
export function parseSeeds(text: string, limit = Number.POSITIVE_INFINITY): number[] {
  const seeds: number[] = [];
  for (const part of text.split(',')) {
    const [, from, to = from] = RANGE.exec(part.trim()) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || last < first || last > HIGHEST_SEED) throw wrong(text);
    for (let seed = first; seed <= last && seeds.length < limit; seed++) seeds.push(seed);
  }
  if (new Set(seeds).size !== seeds.length) throw wrong(text);
  return seeds;
}

/** Throws `usage` where a seed belongs to the evaluation, whose episodes nothing may have been trained on. */
export function refuseEvaluationSeeds(seeds: readonly number[], first: number): void {
  const seed = seeds.find((each) => each >= first);
  if (seed === undefined) return;
  throw new AgentError('usage', 'seeds of the evaluation are not for training data', {
    expected: `seeds below ${first}`,
    got: String(seed),
    where: '--seeds',
    next: 'name others, or say --force-evaluation-seeds where nothing will be trained on them',
  });
}

function wrong(text: string): AgentError {
  return new AgentError('usage', 'these are no seeds', {
    expected: 'such as 7, 0..99 or 1,5,10..19, each seed once',
    got: text,
    where: '--seeds',
  });
}
