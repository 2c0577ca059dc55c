/** Byte-pair encoding: which pairs of tokens to join, learnt from how often they stand side by side. */

/** A pair of tokens that becomes one, as the vocabulary spells them. */
export type Merge = readonly [left: string, right: string];

interface Word {
  tokens: string[];
  readonly count: number;
}

/**
 * Joins the most frequent pair again and again. Of equally frequent pairs the one that sorts first by its characters is
 * taken, so that the same words give the same merges on every machine.
 * @param words how often each piece of the training text occurs, spelt with one character a byte.
 * @param least pairs that are rarer than this are not joined.
 * @returns at most `limit` merges, in the order in which they apply.
 */
export function learnMerges(words: ReadonlyMap<string, number>, limit: number, least = 2): Merge[] {
  const state = [...words].map(([word, count]): Word => ({ tokens: [...word], count }));
  const merges: Merge[] = [];
  while (merges.length < limit) {
    const best = mostFrequentPair(state);
    if (!best || best.count < least) break;
    merges.push(best.pair);
    for (const word of state) word.tokens = join(word.tokens, best.pair);
  }
  return merges;
}

function mostFrequentPair(words: readonly Word[]): { pair: Merge; count: number } | undefined {
  const counts = new Map<string, { pair: Merge; count: number }>();
  for (const { tokens, count } of words) {
    for (let i = 1; i < tokens.length; i++) {
      const pair: Merge = [tokens[i - 1] as string, tokens[i] as string];
      // A space is no character of the byte alphabet, so the key is unambiguous.
      const key = pair.join(' ');
      const entry = counts.get(key) ?? { pair, count: 0 };
      entry.count += count;
      counts.set(key, entry);
    }
  }
  let best: { key: string; pair: Merge; count: number } | undefined;
  for (const [key, entry] of counts) {
    if (!best || entry.count > best.count || (entry.count === best.count && key < best.key)) best = { key, ...entry };
  }
  return best;
}

function join(tokens: readonly string[], [left, right]: Merge): string[] {
  const joined: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === left && tokens[i + 1] === right) {
      joined.push(left + right);
      i++;
    } else joined.push(tokens[i] as string);
  }
  return joined;
}
