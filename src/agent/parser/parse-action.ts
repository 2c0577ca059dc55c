/**
 * Reads the action out of an answer. Pure. First everything is taken away that is no answer; of the rest it goes from
 * the strictest form to the loosest and stops at the first that is there. Where the text leaves a doubt the answer is
 * `ambiguous`, because a wrong action is worse than a question asked again.
 */

import type { GameSight } from '../game/game.js';
import { splitSighted } from '../sighted-answer.js';
import { type ActionLexicon, lexiconOf, type NamedAction } from './action-lexicon.js';
import { type Reading, readChat, readIndex, readName } from './answer-text.js';
import { withoutFences, withoutHidden, withoutQuotes, withoutSections } from './asides.js';
import { Passage } from './clauses.js';
import { readConclusion, withoutTags } from './conclusion.js';
import { withoutForeignTags } from './foreign-tags.js';
import { isStandIn, type JsonPiece, readJson } from './json-answer.js';
import { readJsonIn } from './json-in-chat.js';
import { readMarked } from './marked-answer.js';
import type { AnswerForm, ParseExplanation, ParseResult, ParseStep } from './parse-result.js';
import { withoutThoughts } from './thoughts.js';
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
  return explainParse(raw, actions, sights).result;
}

/** As `parseAction`, with what was taken away, what was read and by which rule. */
export function explainParse(
  raw: string,
  actions: readonly NamedAction[],
  sights: readonly GameSight[] = [],
): ParseExplanation {
  const lexicon = lexiconOf(actions);
  const steps: ParseStep[] = [];
  const thoughtless = withoutThoughts(raw);
  tell(steps, thoughtless.cuts);
  const { rest, sights: seen } = splitSighted({ sights }, thoughtless.text);
  if (seen) steps.push({ what: 'sights', why: 'the numbers before the action', text: seen.join(', ') });
  if (/^[\s\p{C}]*$/u.test(rest)) return { result: { ok: false, reason: 'empty', raw, found: [] }, steps };
  const { form, reading } = find(rest, lexicon, steps);
  steps.push(read(form, reading));
  return { result: resultOf(raw, form, reading, seen), steps };
}

function resultOf(raw: string, form: AnswerForm, reading: Reading, sights: readonly number[] | undefined): ParseResult {
  switch (reading.kind) {
    case 'one':
      return { ok: true, action: reading.action, form, ...(sights ? { sights } : {}) };
    case 'none':
      return { ok: false, reason: 'no-match', raw, found: [] };
    case 'doubtful':
      return { ok: false, reason: 'ambiguous', raw, found: reading.found };
    case 'illegal':
      return { ok: false, reason: 'illegal', raw, found: reading.found };
  }
}

const RULES: Readonly<Record<AnswerForm, string>> = {
  exact: 'the answer is a name',
  list: 'the first of a list of actions',
  index: 'the answer is a number',
  json: 'JSON names it',
  marker: 'it is marked as the answer',
  conclusion: 'a line or a last sentence of its own',
  mention: 'what the text speaks of and chooses',
};

/** How the reading came about, with the words that it rests on. */
function read(form: AnswerForm, reading: Reading): ParseStep {
  switch (reading.kind) {
    case 'one':
      return { what: 'read', why: RULES[form], text: reading.words ?? '' };
    case 'none':
      return { what: 'read', why: 'no action is named', text: '' };
    case 'doubtful':
      return { what: 'read', why: reading.why ?? 'it leaves a doubt', text: reading.found.join(', ') };
    case 'illegal':
      return { what: 'read', why: `${RULES[form]}, but the game has no such action`, text: reading.found.join(', ') };
  }
}

function tell(steps: ParseStep[], cuts: readonly { readonly why: string; readonly text: string }[]): void {
  for (const cut of cuts) if (cut.text.trim() !== '') steps.push({ what: 'left out', ...cut });
}

/** An answer is a name or a few sentences; of one that runs away, only the end is read. */
const MAX_LENGTH = 20_000;

function find(whole: string, lexicon: ActionLexicon, steps: ParseStep[]): Found {
  const visible = withoutHidden(whole);
  const own = withoutForeignTags(visible.text);
  const { text } = own;
  const hidden = [...visible.cuts, ...own.cuts];
  tell(steps, hidden);
  if (text.length <= MAX_LENGTH) {
    const folded = fold(text);
    const index = readIndex(folded, lexicon);
    if (index) return { form: 'index', reading: index };
    const name = readName(folded, lexicon);
    if (name) return { form: 'exact', reading: name };
  }
  const json = readJson(text, lexicon);
  const isAnswer = (line: string) => isAnswerInForm(line, lexicon);
  const fences = withoutFences(json.text);
  const sections = withoutSections(fold(fences.text), isAnswer);
  const end = endOf(sections.text);
  const prose = withoutQuotes(end, isAnswer);
  const cuts = [...fences.cuts, ...sections.cuts, ...prose.cuts];
  tell(
    steps,
    cuts.map((cut) => ({ why: cut.why, text: withSources(cut.text, json.pieces) })),
  );
  if (end.length < sections.text.length) {
    steps.push({
      what: 'left out',
      why: `more than the last ${MAX_LENGTH} characters`,
      text: sections.text.slice(0, 200),
    });
  }
  const passage = new Passage(prose.text);
  if (steps.length > 0)
    steps.push({ what: 'kept', why: 'what is read', text: withSources(prose.text, json.pieces).trim() });
  const answered = readJsonIn(passage, json.pieces, lexicon);
  const found: Found = answered ? { form: 'json', reading: answered } : readProse(passage, lexicon);
  if (found.reading.kind !== 'none') return found;
  return {
    form: found.form,
    reading: aside(
      [...[...hidden, ...cuts].map((cut) => cut.text), ...json.pieces.map((piece) => piece.source)],
      lexicon,
    ),
  };
}

/** The end of a long text, from where a sentence begins in it. */
function endOf(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const end = text.slice(-MAX_LENGTH);
  const start = /\n|[.!?]\s/u.exec(end)?.index;
  // The rest of a sentence whose beginning is not read says nothing: it may have begun with a "not".
  return start === undefined ? '' : end.slice(start + 1);
}

function isAnswerInForm(line: string, lexicon: ActionLexicon): boolean {
  const words = splitWords(line);
  if (words.length > 0 && words.every(({ text }) => isStandIn(text))) return true;
  return line.length <= MAX_LINE && (readName(line, lexicon) ?? readIndex(line, lexicon))?.kind === 'one';
}

const MAX_LINE = 200;

function withSources(text: string, pieces: readonly JsonPiece[]): string {
  return pieces.reduceRight((told, { standIn, source }) => told.replace(standIn, () => source), text);
}

function readProse(passage: Passage, lexicon: ActionLexicon): Found {
  const marked = readMarked(passage, lexicon);
  if (marked) return { form: 'marker', reading: marked };
  const text = withoutTags(passage.folded);
  const concluded = readConclusion(text, lexicon);
  if (concluded) return { form: 'conclusion', reading: concluded };
  return { form: 'mention', reading: readChat(text, lexicon) };
}

/** Actions that only what was left out speaks of are doubtful. */
function aside(texts: readonly string[], lexicon: ActionLexicon): Reading {
  const mentions = texts.flatMap((text) => lexicon.mentions(splitWords(fold(text))));
  const found = [...new Set(mentions.map(({ action }) => lexicon.nameOf(action)))];
  if (found.length === 0) return { kind: 'none' };
  return { kind: 'doubtful', found, why: 'only what is no answer speaks of it' };
}
