/**
 * Answers of games that ask for sights: `[80,95,0]left`, or `{"cannon": 80, "stand": 95, "bomb": 0, "action": "left"}`
 * from a service that is held to a schema. A model writes what it sees before it acts, and so acts on what it has
 * written.
 */
import { LooseObject, readLoose } from './parser/loose-json.js';
import { nameKey, plain } from './parser/words.js';

/** Whole numbers in brackets. */
const BRACKET = /\[\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\]/;
/** Any run of brackets and numbers, also an unfinished one. */
const NUMBERS = /\[[\s\d,;.+\-[\]]*/g;

/** An answer taken apart. */
export interface SplitAnswer {
  /** Undefined where the answer has none, or not as many as the game asks for. */
  readonly sights: readonly number[] | undefined;
  /** What is left to be read for the action. */
  readonly rest: string;
}

/**
 * The answer that says `sights`, in the game's order, and then `action`: `[80,95,0]left`; the action alone without any.
 */
export function writeSighted(sights: readonly number[], action: string): string {
  return sights.length === 0 ? action : `[${sights.join(',')}]${action}`;
}

/**
 * Takes the numbers off an answer. Where the game asks for sights, no number in brackets is left in the rest, in which
 * it would look like an action's index. In a game without sights the answer stays as it is.
 */
export function splitSighted(
  { sights }: { readonly sights: readonly { readonly name: string }[] },
  text: string,
): SplitAnswer {
  if (sights.length === 0) return { sights: undefined, rest: text };
  // The parser folds what it reads, and so would find brackets that are full-width here.
  const signs = plain(text);
  const match = BRACKET.exec(signs);
  const seen = match ? match[1]?.split(',').map(Number) : sightsInJson(sights, signs);
  const rest = match ? `${signs.slice(0, match.index)} ${signs.slice(match.index + match[0].length)}` : signs;
  return { sights: seen?.length === sights.length ? seen : undefined, rest: withoutNumbers(rest) };
}

/** The numbers of the first object that has one whole number under the name of each sight. */
function sightsInJson(sights: readonly { readonly name: string }[], text: string): number[] | undefined {
  const at = text.indexOf('{');
  const { value } = at === -1 ? {} : readLoose(text, at);
  if (!(value instanceof LooseObject)) return undefined;
  const numbers = sights.map(({ name }) => {
    const said = value.entries.filter(([key]) => nameKey(key) === nameKey(name));
    return said.length === 1 ? said[0]?.[1] : undefined;
  });
  return numbers.every((number) => typeof number === 'number' && Number.isInteger(number) && number >= 0)
    ? (numbers as number[])
    : undefined;
}

function withoutNumbers(text: string): string {
  return text.replace(NUMBERS, (run) => (/\d/.test(run) ? ' ' : run));
}
