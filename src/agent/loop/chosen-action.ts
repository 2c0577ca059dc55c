/**
 * Whether a text that speaks of an action chooses it. "I would turn left" and "Left, because …" do; "the road bends
 * left", "two lives left" and "right now" do not. What is missed here is asked again; what is taken wrongly is a wrong
 * move, so only plain forms count.
 */
import type { Mention } from '../parser/action-lexicon.js';
import { beginsClause, isClauseWord, type Passage } from '../parser/clauses.js';
import { setOf, type Word } from '../parser/words.js';

/** Who acts. */
const ACTORS = setOf(
  "i we you i'll we'll i'd i'm we're let's lets car player agent cannon paddle ship best better time",
);
/** What one does before the action is named. */
const ACTING = setOf(
  "should must will would shall need want have going go move turn steer press push hit choose pick select try use do take apply keep suggest recommend advise i'll we'll let's lets better best time",
);
/** What may stand between the verb and the action's name. */
const FILLERS = setOf('to the a bit little slightly gently hard sharply now then also just please immediately');
/** What may follow a name that opens its clause. */
const AFTER_COMMAND = setOf('now here again please immediately at for to as');

/** Words that make `right` speak of time, place or approval. */
const AFTER_RIGHT = setOf('now away here there after before above below ahead behind in at on next');
const BEFORE_RIGHT = setOf("all that's you're be");
/** Words that make `left` a remainder or a departure. */
const BEFORE_LEFT = setOf(
  'car i we it they has have are life lives shields invaders aliens bricks balls enemies time seconds',
);
/** Words of a clause before its verb in which the one who acts is looked for. */
const MAX_CLAUSE = 50;
const MOVING = setOf('go move turn steer press push choose');

/** Whether the mention is no direction but another sense of the same word: `right now`, `two lives left`. */
export function isIdiom({ from, to }: Mention, words: readonly Word[]): boolean {
  if (to - from !== 1) return false;
  const name = words[from]?.text;
  const before = textBefore(words, from);
  const after = beginsClause(words[to]) ? '' : (words[to]?.text ?? '');
  if (name === 'left') return BEFORE_LEFT.has(before);
  return name === 'right' && !MOVING.has(before) && (AFTER_RIGHT.has(after) || BEFORE_RIGHT.has(before));
}

/** Whether the clause around the mention chooses it: as a command, or by one who acts. */
export function isChosen({ from, to }: Mention, passage: Passage): boolean {
  const { words } = passage;
  const start = passage.clauseAt(from).from;
  const first = isClauseWord(words[start]) && start < from ? start + 1 : start;
  if (first === from) return isCommandEnd(words, to);
  let verb = from - 1;
  while (verb > first && FILLERS.has(words[verb]?.text ?? '')) verb--;
  const text = words[verb]?.text ?? '';
  if (verb === first && FILLERS.has(text)) return isCommandEnd(words, to);
  if (verb === first) return ACTING.has(text) || ACTORS.has(text);
  if (!ACTING.has(text) && !ACTORS.has(text)) return false;
  const reach = Math.max(first, verb - MAX_CLAUSE);
  return words.slice(reach, verb + 1).some((word) => ACTORS.has(word.text));
}

/** Whether a command may end before this word. */
function isCommandEnd(words: readonly Word[], to: number): boolean {
  if (words[to]?.text === 'right' && !beginsClause(words[to])) return isNow(words[to + 1]);
  return beginsClause(words[to]) || AFTER_COMMAND.has(words[to]?.text ?? '');
}

function textBefore(words: readonly Word[], at: number): string {
  return at > 0 && !beginsClause(words[at]) ? (words[at - 1]?.text ?? '') : '';
}

function isNow(word: Word | undefined): boolean {
  return word?.text === 'now' || word?.text === 'away';
}
