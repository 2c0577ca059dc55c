/** What is looked at in a tokenizer.json before it is used: ids that would take all memory, patterns without an end. */

/** The largest published vocabularies have a quarter of a million tokens. */
const MAX_ID = 2 ** 22;

/** What is wrong with the ids of tokens, or undefined. */
export function findBadId(json: object): string | undefined {
  const { model, added_tokens: added } = json as { model?: { vocab?: unknown }; added_tokens?: unknown };
  const named: [string, unknown][] = Array.isArray(added) ? added.map((token) => [token?.content, token?.id]) : [];
  const vocabulary = model?.vocab;
  const isMap = typeof vocabulary === 'object' && vocabulary !== null && !Array.isArray(vocabulary);
  const bad = [...named, ...(isMap ? Object.entries(vocabulary) : [])].find(([, id]) => !isId(id));
  return bad && `token ${JSON.stringify(bad[0])} has the id ${bad[1]}; ids are whole numbers from 0 to ${MAX_ID}`;
}

function isId(id: unknown): boolean {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) <= MAX_ID;
}

/**
 * Whether all the patterns of a tokenizer.json are such that matching takes a time that grows at most with the square
 * of a text's length: no group is repeated, and no alternative has more than one repetition without an end. Others may
 * be as quick, but have to be watched.
 */
export function hasPlainPatterns(json: object): boolean {
  return patternsIn(json).every((pattern) => {
    const atoms = pattern.replace(/\\(?:[pP]\{[^}]*\}|.)/gs, 'x').replace(/\[[^[\]]*\]/g, 'x');
    if (/[[\]]/.test(atoms) || /\)[*+?{]/.test(atoms)) return false;
    return atoms.split('|').every((alternative) => (alternative.match(/[*+]|\{\d*,\}/g) ?? []).length <= 1);
  });
}

function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // A vocabulary has hundreds of thousands of entries and no pattern.
    if (key === 'vocab' || key === 'merges') return [];
    return key === 'Regex' && typeof inner === 'string' ? [inner] : patternsIn(inner);
  });
}
