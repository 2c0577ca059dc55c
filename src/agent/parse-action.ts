/**
 * Reads the action out of an answer. Pure. It goes from the strictest form to the loosest and stops at the first
 * that is there; where the text leaves a doubt the answer is `ambiguous`, because a wrong action is worse than a
 * question asked again.
 */
import { type ActionLexicon, lexiconOf, type NamedAction } from './action-lexicon.js';
import { isRevised, type Reading, readChat, readIndex, readName } from './answer-text.js';
import type { GameSight } from './game.js';
import { readJson } from './json-answer.js';
import { readMarked } from './marked-answer.js';
import type { AnswerForm, ParseResult } from './parse-result.js';
import { splitSighted } from './sighted-answer.js';
import { fold, splitWords } from './words.js';

interface Found {
  readonly form: AnswerForm;
  readonly reading: Reading;
}

/**
 * Reads `raw`, whatever it is; never throws. Actions are named by name, alias or index from 0, where a number is
 * clearly meant as one.
 * @param sights what the game asks to be written before the action. An action counts without them too: who forgets to
 *   say what it saw has still acted.
 */
export function parseAction(
  raw: string,
  actions: readonly NamedAction[],
  sights: readonly GameSight[] = [],
): ParseResult {
  const { rest: text, sights: seen } = splitSighted({ sights }, withoutWrapping(raw));
  if (/^[\s\p{C}]*$/u.test(text)) return { ok: false, reason: 'empty', raw, found: [] };
  const { form, reading } = find(text, lexiconOf(actions));
  switch (reading.kind) {
    case 'one':
      return { ok: true, action: reading.action, form, ...(seen ? { sights: seen } : {}) };
    case 'none':
      return { ok: false, reason: 'no-match', raw, found: [] };
    case 'doubtful':
      return { ok: false, reason: 'ambiguous', raw, found: reading.found };
    case 'illegal':
      return { ok: false, reason: 'illegal', raw, found: reading.found };
  }
}

function find(text: string, lexicon: ActionLexicon): Found {
  const folded = fold(text);
  const index = readIndex(folded, lexicon);
  if (index) return { form: 'index', reading: index };
  const name = readName(folded, lexicon);
  if (name) return { form: 'exact', reading: name };
  const json = readJson(text, lexicon);
  if (json) return { form: 'json', reading: json };
  const marked = readMarked(folded, lexicon);
  if (marked) return { form: 'marker', reading: unlessRevised(marked.reading, folded, marked.after, lexicon) };
  const concluded = readConclusion(withoutTags(folded), lexicon);
  if (concluded) return { form: 'conclusion', reading: concluded };
  return { form: 'mention', reading: readChat(withoutTags(folded), lexicon) };
}

const CONCLUDING = /^\W*(?:so|therefore|thus|hence|finally|in conclusion|in summary)(?![\p{L}\p{N}])/u;

/**
 * An answer that stands by itself: a last sentence that says what follows (`So I turn left.`), or a first or last line
 * that is nothing but a name. Lines that name different actions are a list, not an answer.
 */
function readConclusion(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const lines = folded.split('\n').filter((line) => splitWords(line).length > 0);
  const sentence =
    lines
      .at(-1)
      ?.split(/(?<=[.!?])\s+/u)
      .findLast((part) => splitWords(part).length > 0) ?? '';
  if (CONCLUDING.test(sentence)) {
    const reading = readChat(sentence.replace(CONCLUDING, ''), lexicon);
    if (reading.kind === 'one') return reading;
  }
  const alone = lines.map((line) => readName(line, lexicon));
  const named = new Set(alone.flatMap((reading) => (reading?.kind === 'one' ? [reading.action] : [])));
  if (named.size > 1) return undefined;
  const [first, last] = [alone[0], alone.at(-1)];
  return last ?? (first && unlessRevised(first, folded, lines[0]?.length ?? 0, lexicon));
}

function unlessRevised(reading: Reading, folded: string, end: number, lexicon: ActionLexicon): Reading {
  if (reading.kind !== 'one' || !isRevised(folded, end, reading.action, lexicon)) return reading;
  return { kind: 'doubtful', found: [lexicon.nameOf(reading.action)] };
}

/** An answer is a name or a few sentences; of one that runs away, only the end is read. */
const MAX_LENGTH = 20_000;

/** Without what is no part of the answer: a model's thoughts, also unfinished ones, and its chat tokens. */
function withoutWrapping(raw: string): string {
  return raw
    .slice(-MAX_LENGTH)
    .replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, ' ')
    .replace(/<think(?:ing)?>[\s\S]*$/i, ' ')
    .replace(/<\/?s>|<\|[^|>\n]{0,40}\|>|<(?:eos|bos|pad|end_of_turn)>/gi, ' ');
}

function withoutTags(folded: string): string {
  return folded.replace(/<\/?[a-z][a-z0-9_-]{0,30}>/g, ' ');
}
