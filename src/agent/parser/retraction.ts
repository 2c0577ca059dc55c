/**
 * Whether a text takes back what it answered without naming another action: `left. No, wait.`, `left. Scratch that.`
 * Words that deny or hesitate do so where they are the whole of what is said; `No obstacles ahead.` takes nothing back.
 */
import { beginsClause, type Passage, type Span } from './clauses.js';
import { setOf } from './words.js';

/** What denies by itself, as a clause of its own: `left. No.` */
export const BARE_DENIAL = setOf("no nope nah never not nein nicht non нет don't 不 不是 不对 いいえ 아니요");
/** What hesitates by itself: `left. Wait.` */
const HESITATING = setOf(
  'wait hmm hm oops whoops sorry correction nevermind cancel undo abort scratch retract reconsider ' +
    'reconsidering rethink rethinking warte moment attends attendez espera aspetta подожди 等等 等一下 算了',
);
/** What makes a `no` that a reason follows one to oneself: `Actually no, it is closed.` */
const TURNING = setOf('actually oh ah well');
/** What stands beside such words and says nothing itself. */
const FILLING = setOf(
  'actually oh ah well uh um er ok okay and but so just really definitely absolutely certainly please way do i think ' +
    'it this that one a minute second sec anymore fast doch',
);
/** What a sentence says that takes back, whatever else it says. The clauses are folded and joined by single blanks. */
const RETRACTING = new RegExp(
  [
    '(?:scratch|strike|forget|cancel|undo|retract) it$',
    '(?:scratch|strike|forget|ignore|disregard|cancel|undo|retract|withdraw|revoke|revise|correct|delete) ' +
      '(?:(?:that|this|the above|what i (?:just )?said)$|(?:that|this|the|my) (?:(?:last|previous|first) )?' +
      '(?:action|answer|move|choice|decision|response|output|one|command)(?: |$))',
    'never ?mind(?:$| (?:that|this|it|my)(?: |$))',
    'chang(?:e|ed|ing) my mind',
    'on (?:second|further) (?:thoughts?|reflection|consideration)(?: |$)',
    '(?:take|taking|took) (?:(?:that|this|it|my (?:answer|words?)) back|back (?:that|this|it|my))(?: |$)',
    "(?:let me|i should|i must|i need to|i have to|i will|i'll) (?:reconsider|rethink|redo|start over|think again|" +
      'correct myself)(?: |$)',
    "(?:i was|i am|i'm) (?:wrong|mistaken)(?:$| about (?:that|this|it)$)",
    'i made an? (?:mistake|error)(?: t?here)?$|i misspoke|^my (?:mistake|bad)$',
    "^(?:that|this|it)(?:'s| is| was| would be) (?:an? )?(?:wrong|incorrect|mistake|error)$",
    "^(?:hold|hang) on$|that's not it$|i meant something else",
  ].join('|'),
  'u',
);
/** Before them nothing is taken back yet: `I will not change my mind`, `no need to rethink`. */
const WITHHOLDING =
  /(?:^| )(?:not|never|need|reason|nothing|without|if|unless|until|may|might|could|would|\S+n't)(?: |$)/u;
/** What one asks of one's own answer, so that `No.` denies it: `Is that safe? No.` */
const VOUCHING = setOf('right correct safe sure good best fine okay valid legal allowed possible wise');
/** Tags behind an answer, which close what stands around it. */
const CLOSING_TAGS = /(?:\s{0,20}(?:<\/[^<>\n]{1,40}>|\[\/[^[\]\n]{1,40}\])){1,8}/uy;

/**
 * The words by which what follows the word before `after` takes it back; undefined where it stands.
 * @param covered words of names, which say nothing else: in some game `wait` is an action.
 */
export function retraction(passage: Passage, after: number, covered: ReadonlySet<number>): string | undefined {
  for (let from = behindTags(passage, after); from < passage.words.length; ) {
    const { to } = passage.sentenceAt(from);
    const taken = inSentence({ from, to }, passage, covered);
    if (taken !== undefined) return taken;
    from = to;
  }
  return undefined;
}

function behindTags(passage: Passage, after: number): number {
  CLOSING_TAGS.lastIndex = passage.words[after - 1]?.end ?? 0;
  return CLOSING_TAGS.test(passage.folded) ? passage.wordAt(CLOSING_TAGS.lastIndex) : after;
}

/** Goes through the clauses of a sentence, of which those that only deny or hesitate are taken together. */
function inSentence(sentence: Span, passage: Passage, covered: ReadonlySet<number>): string | undefined {
  let bare: Span | undefined;
  for (let from = sentence.from; from < sentence.to; ) {
    let to = from + 1;
    while (to < sentence.to && !beginsClause(passage.words[to])) to++;
    const told = textOf({ from, to }, passage);
    const found = RETRACTING.exec(told);
    if (found && !WITHHOLDING.test(told.slice(0, found.index))) return found[0].trim();
    bare = isBare({ from, to }, passage, covered) ? { from: bare?.from ?? from, to } : undefined;
    if (bare && takesBack(bare, sentence, passage)) return textOf(bare, passage);
    from = to;
  }
  return undefined;
}

function isBare({ from, to }: Span, { words }: Passage, covered: ReadonlySet<number>): boolean {
  for (let i = from; i < to; i++) {
    const text = words[i]?.text ?? '';
    if (covered.has(i) || !(BARE_DENIAL.has(text) || HESITATING.has(text) || FILLING.has(text))) return false;
  }
  return true;
}

function takesBack(bare: Span, sentence: Span, passage: Passage): boolean {
  const said = passage.words.slice(bare.from, bare.to);
  const denies = said.some(({ text }) => BARE_DENIAL.has(text));
  const hesitates = said.some(({ text }) => HESITATING.has(text));
  if (denies && (hesitates || said.some(({ text }) => TURNING.has(text)))) return true;
  if (bare.to < sentence.to) return false;
  return hesitates || (denies && !answers(bare, passage));
}

/** Whether a denial is of something else than the answer: `Obstacles? No.`, `Danger: no` */
function answers({ from }: Span, passage: Passage): boolean {
  const gap = passage.words[from]?.gap ?? '';
  if (/:/u.test(gap)) return true;
  if (!gap.includes('?') || from === 0) return false;
  const { from: begin, to: end } = passage.sentenceAt(from - 1);
  return !passage.words.slice(begin, end).some(({ text }) => VOUCHING.has(text));
}

function textOf({ from, to }: Span, { words }: Passage): string {
  return words
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ');
}
