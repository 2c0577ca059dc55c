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
  'should must will would shall need want have going go move turn steer press push hit choose pick select try ' +
    "use do take apply keep suggest recommend advise i'll we'll let's lets better best time",
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
/** What follows a `right` that only opens what is said: `Right, let me see.` */
const AFTER_ASSENT = setOf("let let's lets i i'll i'm we so now ok okay first what you well");
/**
 * Words before the verb that tell of what was, or of somebody else: `I was going left`, `the enemy ship will go left`.
 */
const TELLING = setOf(
  'was were been had enemy enemies alien aliens invader invaders opponent opponents other others another they he ' +
    'she someone somebody everyone',
);
const SPEAKERS = setOf("i i'm i'll i'd we we'll let let's lets");

/** Whether the mention is no direction but another sense of the same word: `right now`, `two lives left`. */
export function isIdiom({ from, to }: Mention, words: readonly Word[]): boolean {
  if (to - from !== 1) return false;
  const name = words[from]?.text;
  const before = textBefore(words, from);
  const after = beginsClause(words[to]) ? '' : (words[to]?.text ?? '');
  if (name === 'left') return BEFORE_LEFT.has(before);
  if (name === 'right' && from === 0 && isAssent(words[to])) return true;
  return name === 'right' && !MOVING.has(before) && (AFTER_RIGHT.has(after) || BEFORE_RIGHT.has(before));
}

/** Whether the clause around the mention chooses it: as a command, or by one who acts. */
export function isChosen({ from, to }: Mention, passage: Passage): boolean {
  const { words } = passage;
  const start = passage.clauseAt(from).from;
  const first = isClauseWord(words[start]) && start < from ? start + 1 : start;
  if (first === from && isLabelled(passage, from)) return false;
  if (first === from) return isCommandEnd(words, to);
  let verb = from - 1;
  while (verb > first && FILLERS.has(words[verb]?.text ?? '')) verb--;
  const text = words[verb]?.text ?? '';
  if (verb === first && FILLERS.has(text)) return !(text === 'to' && isPlace(words[to])) && isCommandEnd(words, to);
  if (words.slice(first, from).some((word) => TELLING.has(word.text))) return false;
  if (verb === first) return ACTING.has(text) || ACTORS.has(text);
  if (!ACTING.has(text) && !ACTORS.has(text)) return false;
  const reach = Math.max(first, verb - MAX_CLAUSE);
  const actors = words.slice(reach, verb + 1).filter((word) => ACTORS.has(word.text));
  // `The car is going left` describes, `I am going left` decides.
  return text === 'going' ? actors.some((word) => SPEAKERS.has(word.text)) : actors.length > 0;
}

/** Whether a colon in its sentence leads to the word. What is said of a label is no answer: `Curve: sharp, left`. */
function isLabelled(passage: Passage, at: number): boolean {
  const { from } = passage.sentenceAt(at);
  return passage.words.slice(from + 1, at + 1).some(({ gap }) => gap.includes(':'));
}

/** Whether a command may end before this word. */
function isCommandEnd(words: readonly Word[], to: number): boolean {
  if (words[to]?.text === 'right' && !beginsClause(words[to])) return isNow(words[to + 1]);
  // What stands behind a colon is said of the place: `Left: grass`.
  if (words[to]?.gap.includes(':')) return false;
  return beginsClause(words[to]) || AFTER_COMMAND.has(words[to]?.text ?? '');
}

/** Whether a `right` before this word only opens what is said. */
function isAssent(next: Word | undefined): boolean {
  return next !== undefined && /^[,.!]\s/u.test(next.gap) && AFTER_ASSENT.has(next.text);
}

/** Whether `to the left` before this word is a place: `To the left, there is grass.` */
function isPlace(next: Word | undefined): boolean {
  return next?.gap.includes(',') === true && !isClauseWord(next) && next.text !== 'as';
}

function textBefore(words: readonly Word[], at: number): string {
  return at > 0 && !beginsClause(words[at]) ? (words[at - 1]?.text ?? '') : '';
}

function isNow(word: Word | undefined): boolean {
  return word?.text === 'now' || word?.text === 'away';
}
