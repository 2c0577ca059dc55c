/** What JSON says of its own action in a field beside it: that it was rejected, is invalid, or was not chosen. */
import type { Loose, LooseObject } from './loose-json.js';
import { fold, nameKey, nameWords, setOf, splitWords } from './words.js';

/** Keys under which stands, in words, what became of the action. */
const VERDICT_KEYS = setOf(
  'status state verdict outcome result judgement judgment evaluation assessment validity legality feedback error',
);
/** Words of keys that speak for the action where they are true, and against it where they are false. */
const FAVOURING_KEYS = setOf(
  'valid legal allowed available possible accepted approved chosen selected confirmed recommended safe',
);
/** Words of keys that speak against the action where they are true. */
const REFUSING_KEYS = setOf(
  'rejected discarded dismissed declined denied refused invalid illegal excluded eliminated cancelled canceled ' +
    'withdrawn revoked vetoed forbidden unavailable impossible unsafe hypothetical wrong avoid example',
);
/** Words that say without any other that an action does not count. */
const REFUSING_WORDS = setOf(
  'rejected reject discarded dismissed declined denied refused invalid illegal excluded eliminated cancelled ' +
    'canceled withdrawn revoked vetoed overruled unchosen unselected forbidden unavailable impossible hypothetical',
);
const NEGATIONS = setOf('not never no');
const FAVOURING_WORDS = setOf(
  'chosen selected accepted valid legal allowed available possible approved confirmed recommended taken picked ' +
    'used safe',
);
const YES = setOf('true yes y 1');
const NO = setOf('false no n 0');

/** The field that says that the action beside it does not count, as it would be quoted; undefined where none does. */
export function refusalIn(entries: LooseObject['entries']): string | undefined {
  const refusing = entries.find(([key, value]) => isRefusal(key, value));
  return refusing && `“${refusing[0]}: ${String(refusing[1])}” speaks against it`;
}

function isRefusal(key: string, value: Loose): boolean {
  if (value === null || value instanceof Object) return false;
  const name = keyWords(key);
  const words = splitWords(fold(String(value))).map(({ text }) => text);
  const says = words.length === 1 ? (words[0] ?? '') : '';
  if (name.some((word) => REFUSING_KEYS.has(word))) return YES.has(says);
  if (name.some((word) => FAVOURING_KEYS.has(word))) return NO.has(says) || refuses(words);
  return VERDICT_KEYS.has(nameKey(key)) && typeof value === 'string' && refuses(words);
}

/** The words of a key: `is_valid` and `isValid` have the same. */
export function keyWords(key: string): string[] {
  return nameWords(key.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll('_', ' '));
}

/** `rejected by the rules`, `not chosen`; not `not on the road`. */
function refuses(words: readonly string[]): boolean {
  return words.some((word, i) => {
    const isNegated = NEGATIONS.has(words[i - 1] ?? '') || words[i - 1]?.endsWith("n't") === true;
    return isNegated ? FAVOURING_WORDS.has(word) : REFUSING_WORDS.has(word);
  });
}
