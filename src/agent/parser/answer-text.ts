/**
 * What a stretch of text says about actions. Speaking of an action is not choosing it: a mention that is negated or
 * asked about makes the text doubtful, and so do two different actions. Doubt is never resolved in favour of one.
 */

import { isChosen, isIdiom } from '../loop/chosen-action.js';
import type { ActionLexicon, Mention } from './action-lexicon.js';
import { Passage } from './clauses.js';
import { coveredBy, doubtOf } from './doubts.js';
import { retraction } from './retraction.js';
import { DENYING_SIGN, splitWords } from './words.js';

export type Reading =
  /** `words`: where it stands, as far as it is known, for `explainParse`. */
  | { readonly kind: 'one'; readonly action: number; readonly words?: string }
  /** No action is spoken of. */
  | { readonly kind: 'none' }
  /** Several, or one that is negated or asked about. */
  | { readonly kind: 'doubtful'; readonly found: readonly string[]; readonly why?: string }
  /** An answer in form, but not one of the actions. */
  | { readonly kind: 'illegal'; readonly found: readonly string[] };

/** A longer text is no name with its number, and is not searched for one. */
const MAX_NAME_LENGTH = 200;
/** A text that speaks of actions more often than this weighs or repeats them; it chooses none. */
const MAX_MENTIONS = 100;

/** Reads a folded text. */
export function readText(folded: string, lexicon: ActionLexicon): Reading {
  const passage = new Passage(folded);
  return readMentions(lexicon.mentions(passage.words), passage, lexicon);
}

/**
 * Reads a folded text of chat, in which an action may be spoken of without being chosen (`the road bends left`): what
 * is chosen nowhere is doubtful.
 */
export function readChat(folded: string, lexicon: ActionLexicon): Reading {
  const passage = new Passage(folded);
  const mentions = lexicon.mentions(passage.words).filter((mention) => !isIdiom(mention, passage.words));
  const reading = readMentions(mentions, passage, lexicon);
  if (reading.kind !== 'one' || mentions.some((mention) => isChosen(mention, passage))) return reading;
  return { kind: 'doubtful', found: [lexicon.nameOf(reading.action)], why: 'it is spoken of, but not chosen' };
}

function readMentions(mentions: readonly Mention[], passage: Passage, lexicon: ActionLexicon): Reading {
  if (mentions.length === 0) return { kind: 'none' };
  const actions = [...new Set(mentions.map(({ action }) => action))];
  const found = actions.map((action) => lexicon.nameOf(action));
  if (actions.length > 1) return { kind: 'doubtful', found, why: 'several actions are spoken of' };
  if (mentions.length > MAX_MENTIONS) return { kind: 'doubtful', found, why: 'it is repeated without end' };
  const covered = coveredBy(mentions);
  for (const mention of mentions) {
    const why = doubtOf(mention, passage, covered);
    if (why) return { kind: 'doubtful', found, why };
  }
  const taken = retraction(passage, mentions.at(-1)?.to ?? 0, covered);
  if (taken !== undefined) return { kind: 'doubtful', found, why: `“${taken}” takes it back` };
  const [{ from, to }] = mentions as [Mention, ...Mention[]];
  const words = passage.folded.slice(passage.words[from]?.start, passage.words[to - 1]?.end);
  return { kind: 'one', action: actions[0] as number, words };
}

/** Several readings as one: equal ones agree, different ones are doubtful. Undefined of none. */
export function combine(readings: readonly Reading[], lexicon: ActionLexicon): Reading | undefined {
  const [first] = readings;
  if (first === undefined) return undefined;
  const isSame = readings.every((one) => one.kind === first.kind && actionOf(one) === actionOf(first));
  if (isSame) return first;
  const found = readings.flatMap((one) => {
    if (one.kind === 'none') return [];
    return one.kind === 'one' ? [lexicon.nameOf(one.action)] : one.found;
  });
  return { kind: 'doubtful', found: [...new Set(found)], why: 'it answers more than one thing' };
}

function actionOf(reading: Reading): number | undefined {
  return reading.kind === 'one' ? reading.action : undefined;
}

/**
 * A number that stands for an action: a whole number by itself, as in `3`, `(3)`, `#3`, `3.`. Other numbers are no
 * action; undefined where the text is no number.
 */
export function readIndex(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const match = /^[\s"'([#]*(-?\d{1,9}(?:\.\d+)?)[\s"')\].]*$/.exec(folded);
  return match ? indexReading(Number(match[1]), lexicon) : undefined;
}

/** An action by its index; by its name where actions are called by numbers, so that 8 of `7, 8, 9` is the second. */
export function indexReading(index: number, lexicon: ActionLexicon): Reading {
  const isIndex = Number.isInteger(index) && index >= 0 && index < lexicon.size;
  // An answer of -0 means 0, which not everyone takes -0 for.
  const byIndex = isIndex ? Math.abs(index) : undefined;
  const action = lexicon.hasNumbers ? numbered(index, lexicon) : byIndex;
  return action === undefined
    ? { kind: 'illegal', found: [String(index)] }
    : { kind: 'one', action, words: String(index) };
}

function numbered(number: number, lexicon: ActionLexicon): number | undefined {
  const action = lexicon.actions.findIndex(({ name }) => name === String(number));
  return action === -1 ? undefined : action;
}

/**
 * A text that is nothing but an action's name, or its name with its number (`2: left`, `left (2)`); a name with another
 * action's number is doubtful.
 */
export function readName(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const whole = wholeName(folded, lexicon);
  if (whole !== undefined) return { kind: 'one', action: whole, words: folded.trim() };
  if (folded.length > MAX_NAME_LENGTH) return undefined;
  const before = /^\W*(?<number>\d{1,9})\s*[:.()=-]\s*(?<name>.+)$/.exec(folded.trim());
  const after = /^(?<name>.+?)\s*\(\s*(?<number>\d{1,9})\s*\)\W*$/.exec(folded.trim());
  const { number = '', name = '' } = (before ?? after)?.groups ?? {};
  const named = wholeName(name, lexicon);
  if (named === undefined) return undefined;
  if (Number(number) === named) return { kind: 'one', action: named, words: folded.trim() };
  return { kind: 'doubtful', found: [number, lexicon.nameOf(named)], why: 'name and number differ' };
}

/**
 * The action that all words of a text together name, joined as names are. What is asked or crossed out is none:
 * `left?`, `❌ left`.
 */
function wholeName(text: string, lexicon: ActionLexicon): number | undefined {
  if (text.includes('?') || DENYING_SIGN.test(text)) return undefined;
  const words = splitWords(text);
  const [mention, ...more] = lexicon.mentions(words);
  return more.length === 0 && mention?.from === 0 && mention.to === words.length ? mention.action : undefined;
}
