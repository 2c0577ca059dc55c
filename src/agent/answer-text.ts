/**
 * What a stretch of text says about actions. Speaking of an action is not choosing it: a mention that is negated or
 * asked about makes the text doubtful, and so do two different actions. Doubt is never resolved in favour of one.
 */
import type { ActionLexicon, Mention } from './action-lexicon.js';
import { isChosen, isIdiom } from './chosen-action.js';
import { beginsClause, startOfClause } from './clauses.js';
import { splitWords, type Word } from './words.js';

export type Reading =
  | { readonly kind: 'one'; readonly action: number }
  /** No action is spoken of. */
  | { readonly kind: 'none' }
  /** Several, or one that is negated or asked about. */
  | { readonly kind: 'doubtful'; readonly found: readonly string[] }
  /** An answer in form, but not one of the actions. */
  | { readonly kind: 'illegal'; readonly found: readonly string[] };

const SENTENCE_END = /[.!?\n]/;
/** Words that deny whatever their clause speaks of, before or after them. */
const DENYING = new Set('not never neither nor cannot dont cant wont shouldnt isnt wrong bad'.split(' '));
/** Words that deny what follows them in their clause. */
const DENYING_NEXT = new Set('no avoid avoiding without except unless'.split(' '));
const DENYING_PAIRS = new Set(['instead of', 'rather than']);
/** Words by which a text takes back what it said before. */
const REVISING = new Set('wait actually correction sorry oops scratch instead'.split(' '));

/** A longer text is no name with its number, and is not searched for one. */
const MAX_NAME_LENGTH = 200;

/** Reads a folded text. */
export function readText(folded: string, lexicon: ActionLexicon): Reading {
  const words = splitWords(folded);
  return readMentions(lexicon.mentions(words), words, folded, lexicon);
}

/**
 * Reads a folded text of chat, in which an action may be spoken of without being chosen (`the road bends left`): what
 * is chosen nowhere is doubtful.
 */
export function readChat(folded: string, lexicon: ActionLexicon): Reading {
  const words = splitWords(folded);
  const mentions = lexicon.mentions(words).filter((mention) => !isIdiom(mention, words));
  const reading = readMentions(mentions, words, folded, lexicon);
  if (reading.kind !== 'one' || mentions.some((mention) => isChosen(mention, words))) return reading;
  return { kind: 'doubtful', found: [lexicon.nameOf(reading.action)] };
}

function readMentions(
  mentions: readonly Mention[],
  words: readonly Word[],
  folded: string,
  lexicon: ActionLexicon,
): Reading {
  if (mentions.length === 0) return { kind: 'none' };
  const found = [...new Set(mentions.map(({ action }) => action))];
  const isDoubtful =
    found.length > 1 || mentions.some((one) => isDenied(one, words, mentions) || isAsked(one, words, folded));
  if (isDoubtful) return { kind: 'doubtful', found: found.map((action) => lexicon.nameOf(action)) };
  return { kind: 'one', action: found[0] as number };
}

/** Whether the clause around a mention holds a word that denies it. Words of names deny nothing: `no action`. */
function isDenied(mention: Mention, words: readonly Word[], mentions: readonly Mention[]): boolean {
  const first = startOfClause(words, mention.from);
  let end = mention.to;
  while (end < words.length && !beginsClause(words[end])) end++;
  for (let i = first; i < end; i++) {
    if (mentions.some(({ from, to }) => from <= i && i < to)) continue;
    const text = words[i]?.text ?? '';
    if (DENYING.has(text) || text.endsWith("n't")) return true;
    if (i > mention.from) continue;
    if (DENYING_NEXT.has(text) || DENYING_PAIRS.has(`${text} ${words[i + 1]?.text}`)) return true;
  }
  return false;
}

/** Whether the sentence of a mention ends with a question mark. */
function isAsked(mention: Mention, words: readonly Word[], folded: string): boolean {
  for (let i = mention.to; i <= words.length; i++) {
    const gap = words[i]?.gap ?? folded.slice(words.at(-1)?.end);
    const end = SENTENCE_END.exec(gap);
    if (end) return end[0] === '?';
  }
  return false;
}

/** Whether a text, after the place where it answered, takes that back and speaks of another action. */
export function isRevised(folded: string, after: number, action: number, lexicon: ActionLexicon): boolean {
  const words = splitWords(folded.slice(after));
  const turn = words.findIndex(({ text }) => REVISING.has(text));
  return turn !== -1 && lexicon.mentions(words.slice(turn)).some((mention) => mention.action !== action);
}

/**
 * A number that stands for an action: a whole number by itself, as in `3`, `(3)`, `#3`, `3.`. Other numbers are no
 * action; undefined where the text is no number.
 */
export function readIndex(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const match = /^[\s"'([#]*(-?\d{1,9}(?:\.\d+)?)[\s"')\].]*$/.exec(folded);
  return match ? indexReading(Number(match[1]), lexicon) : undefined;
}

/** An action by its index. */
export function indexReading(index: number, lexicon: ActionLexicon): Reading {
  const isAction = Number.isInteger(index) && index >= 0 && index < lexicon.size;
  // An answer of -0 means 0, which not everyone takes -0 for.
  return isAction ? { kind: 'one', action: Math.abs(index) } : { kind: 'illegal', found: [String(index)] };
}

/**
 * A text that is nothing but an action's name, or its name with its number (`2: left`, `left (2)`); a name with another
 * action's number is doubtful.
 */
export function readName(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const whole = wholeName(folded, lexicon);
  if (whole !== undefined) return { kind: 'one', action: whole };
  if (folded.length > MAX_NAME_LENGTH) return undefined;
  const before = /^\W*(?<number>\d{1,9})\s*[:.()=-]\s*(?<name>.+)$/.exec(folded.trim());
  const after = /^(?<name>.+?)\s*\(\s*(?<number>\d{1,9})\s*\)\W*$/.exec(folded.trim());
  const { number = '', name = '' } = (before ?? after)?.groups ?? {};
  const named = wholeName(name, lexicon);
  if (named === undefined) return undefined;
  if (Number(number) === named) return { kind: 'one', action: named };
  return { kind: 'doubtful', found: [number, lexicon.nameOf(named)] };
}

/** The action that all words of a text together name, joined as names are. */
function wholeName(text: string, lexicon: ActionLexicon): number | undefined {
  const words = splitWords(text);
  const [mention, ...more] = lexicon.mentions(words);
  return more.length === 0 && mention?.from === 0 && mention.to === words.length ? mention.action : undefined;
}
