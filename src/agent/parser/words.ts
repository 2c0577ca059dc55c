/**
 * Text as words, for names and answers alike: case, width, punctuation and markdown make no difference, so that
 * `LEFT+FIRE`, `left_fire` and `**Left-Fire**` are the same words.
 */

/** A set of words written one after another. */
export const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

export interface Word {
  /** Folded: lower case, compatibility forms replaced. */
  readonly text: string;
  /** What stands between the word before and this one. */
  readonly gap: string;
  /** Where it begins and ends in the folded text. */
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'\p{L}+)*/gu;

/** Without compatibility forms (full-width letters), invisible characters and asterisks, in its own case. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}|\p{Variation_Selector}/gu, '')
    .replace(/\*/g, '');
}

/** Lower case, plain, and without markdown emphasis. */
export function fold(text: string): string {
  return plain(text).replace(/[’‘ʼ]/g, "'").replace(/[`~]/g, '').toLowerCase().normalize('NFKC');
}

/** Signs that deny what stands beside them: `❌ left`, `!left`, `!= left`, and boxes that are not ticked: `[ ] left`. */
export const DENYING_SIGN = /[❌✗✘✖🚫⛔👎¬≠☐⬜□▢]|\[ {0,3}\]|\( {1,3}\)|!=|(?<![\p{L}\p{N}])!(?=[\p{L}\p{N}("'])/u;

/** The words of a folded text; an apostrophe inside a word belongs to it (`don't`). */
export function splitWords(folded: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of folded.matchAll(WORD)) {
    words.push({
      text: match[0],
      gap: folded.slice(end, match.index),
      start: match.index,
      end: match.index + match[0].length,
    });
    end = match.index + match[0].length;
  }
  return words;
}

/** The words of a name: `left+fire` → `left`, `fire`. */
export function nameWords(name: string): string[] {
  return splitWords(fold(name)).map((word) => word.text);
}

/** What makes two names the same: `left+fire`, `Left fire` and `LEFTFIRE` all give `leftfire`. */
export function nameKey(name: string): string {
  return nameWords(name).join('');
}
