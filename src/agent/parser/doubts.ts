/**
 * What makes an action that a text speaks of, or marks as its answer, doubtful: it is denied, asked about, weighed,
 * given as an example, told of others, or taken back afterwards.
 */
import { isChosen } from '../loop/chosen-action.js';
import type { ActionLexicon, Mention } from './action-lexicon.js';
import type { Passage, Span } from './clauses.js';
import { BARE_DENIAL, retraction } from './retraction.js';
import { DENYING_SIGN, setOf } from './words.js';

/** Words that deny whatever their clause speaks of, before or after them. */
const DENYING = setOf(
  'not never neither nor cannot dont cant wont shouldnt isnt wrong bad worst mistake incorrect reject rejected ' +
    'rejecting dismissed discard discarded refuse ruled excluded eliminated nicht kein keine keinen nie niemals ' +
    'nunca jamais pas не нет 不 不是 不要 别 example examples hypothetical hypothetically placeholder sample',
);
/** Words that deny what follows them in their clause. */
const DENYING_NEXT = setOf(
  'no avoid avoiding without except unless than against when whenever once until before after previous last ' +
    'prior earlier',
);
const DENYING_PAIRS = setOf('instead_of rather_than rule_out ruling_out you_want e_g for_instance');
/** Words by which a sentence gives what follows as an example, or excepts it. */
const EXEMPLARY = setOf(
  'example examples hypothetically beispiel beispielsweise exemple ejemplo esempio exemplo например 例如 比如 例えば 예를',
);
const EXEMPLARY_PAIRS = setOf('e_g z_b p_ex for_instance anything_but everything_but all_but');
/** Words that deny what stands before them in their clause, where they are said of it: `left is dangerous`. */
const BLAMING = setOf(
  'dangerous risky unsafe worse impossible illegal invalid unavailable forbidden false suicidal fatal crash ' +
    'crashes fails',
);
const DETERMINERS = setOf('the a an this that some any every');
/** Words by which a clause weighs what it speaks of. */
const WEIGHING = setOf('maybe perhaps possibly might could can may considered considering tempting');
/** Words by which a sentence makes all it says depend on something. */
const CONDITIONAL = setOf('if whether suppose supposing imagine assuming');
/** Words that do so where they stand before it: `Once clear, left`. */
const DELAYING = setOf('once whenever unless until');
/** Words by which a sentence tells what somebody else said. */
const REPORTING = setOf(
  'say said says told asked asks claimed claims wrote writes instructed stated states reads wants',
);
/**
 * Words that make their sentence a question where who acts follows them, also without its sign: `Should I turn left`.
 */
const ASKING = setOf('should shall would could can may must do does did am is are will');
const ASKED = setOf('i we it you they');
const ASKED_OF_ACTIONS = setOf('should would could is');
/** What makes blame in brackets praise: `left (avoids a crash)`. */
const UNBLAMING = setOf('no not avoid avoids avoiding without prevents less');
/** A longer remark in brackets explains, and its words may be of anything. */
const MAX_BLAME = 3;
/** Who tells what is his own. */
const SPEAKERS = setOf("i we i'd i'll would to must should let's");
const ANSWERING = setOf('but so therefore thus hence');
/** Words by which a text takes back what it said before, where another action follows them. */
const REVISING = setOf(
  'wait actually correction sorry oops scratch instead hmm reconsider reconsidering rethink rethinking nevermind ' +
    'better rather prefer revise revised',
);
const REVISING_PAIRS = setOf('second_thought second_thoughts never_mind changed_my change_my my_mistake');
/** What a text says of its own answer when it takes it back: `that would be wrong`. */
const POINTING = setOf("that this it that's this's it's");
const REFUTING = setOf(
  'wrong mistake mistaken error incorrect bad example placeholder hypothetical joke crash crashes',
);
const STRONG = setOf('wait scratch correction oops nevermind hmm sorry');

function pairAt(passage: Passage, i: number): string {
  return `${passage.words[i]?.text}_${passage.words[i + 1]?.text}`;
}

/** Words of names deny nothing: `no action`. */
export type Covered = ReadonlySet<number>;

/** The indexes of all words that belong to one of the spans. */
export function coveredBy(spans: readonly Span[]): Covered {
  const covered = new Set<number>();
  for (const { from, to } of spans) for (let i = from; i < to; i++) covered.add(i);
  return covered;
}

/** Why what stands at `at` is no plain choice; undefined where nothing speaks against it. */
export function doubtOf(at: Span, passage: Passage, covered: Covered): string | undefined {
  const { words } = passage;
  const told = passage.sentenceAt(at.from);
  // With these words one speaks again for oneself: `It says left, but I turn right.`
  const isTold = !ANSWERING.has(words[passage.clauseAt(at.from).from]?.text ?? '');
  if (passage.isAsked(at.from) || asks(told, at, passage)) return 'it is asked, not said';
  if (DENYING_SIGN.test(passage.signsAround(at))) return 'a sign crosses it out';
  if (isRemarkedOn(at.to, passage, covered)) return 'a remark behind it speaks against it';
  const clause = passage.introducedClauseAt(at.from);
  const led = pairAt(passage, passage.clauseAt(at.from).from - 2);
  if (EXEMPLARY_PAIRS.has(led)) return `“${led.replace('_', ' ')}” makes it an example`;
  for (let i = clause.from; i < clause.to; i++) {
    if (covered.has(i)) continue;
    const text = words[i]?.text ?? '';
    const before = i <= at.from;
    if (DENYING.has(text) || text.endsWith("n't")) return `“${text}” speaks against it`;
    if (before && (DENYING_NEXT.has(text) || DENYING_PAIRS.has(pairAt(passage, i))))
      return `“${text}” speaks against it`;
    if (!before && BLAMING.has(text) && !DETERMINERS.has(words[i - 1]?.text ?? ''))
      return `“${text}” speaks against it`;
    if (WEIGHING.has(text)) return `“${text}” only weighs it`;
  }
  for (let i = told.from; i < told.to; i++) {
    if (covered.has(i)) continue;
    const text = words[i]?.text ?? '';
    if (CONDITIONAL.has(text) || (i < at.from && DELAYING.has(text))) return `“${text}” makes it depend on something`;
    if (i < at.from && isTold && REPORTING.has(text) && !SPEAKERS.has(words[i - 1]?.text ?? ''))
      return `“${text}” tells what somebody else said`;
    const isExample = EXEMPLARY.has(text) || EXEMPLARY_PAIRS.has(pairAt(passage, i));
    if (i < at.from && isExample) return `“${text}” makes it an example or an exception`;
  }
  return undefined;
}

/**
 * Why an answer does not stand that was given before the word `after`: what follows takes it back, or speaks of another
 * action as the better one. Undefined where it stands.
 */
export function takenBack(passage: Passage, after: number, action: number, lexicon: ActionLexicon): string | undefined {
  const { words } = passage;
  const mentions = lexicon.mentions(words).filter(({ from }) => from >= after);
  const covered = coveredBy(mentions);
  const others = mentions.filter((mention) => mention.action !== action);
  const lastOther = others.at(-1)?.from ?? -1;
  const lastRefuting = words.findLastIndex(({ text }) => REFUTING.has(text));
  for (let i = after; i < words.length; i++) {
    const text = words[i]?.text ?? '';
    if (covered.has(i)) continue;
    const isRevising = REVISING.has(text) || REVISING_PAIRS.has(pairAt(passage, i)) || isBareNo(passage, i);
    if (isRevising && lastOther >= passage.sentenceAt(i).from) return `“${text}” takes it back`;
    if (STRONG.has(text) && lastRefuting > i) return `“${text}” takes it back`;
    if (POINTING.has(text)) {
      const { from, to } = passage.clauseAt(i);
      if (i - from <= 1 && words.slice(i, to).some((word) => REFUTING.has(word.text)))
        return `“${text} …” takes it back`;
    }
  }
  const clauses = new Set(mentions.flatMap((one) => (one.action === action ? [passage.clauseAt(one.from)] : [])));
  for (const clause of clauses) {
    if (isDenied(clause, passage, covered)) return `“${lexicon.nameOf(action)}” is denied afterwards`;
  }
  return retracted(passage, after, mentions, action);
}

/** Why an answer does not stand that was given before the word `after`, where no other action is named. */
function retracted(passage: Passage, after: number, mentions: readonly Mention[], action: number): string | undefined {
  const covered = coveredBy(mentions);
  const words = retraction(passage, after, covered);
  if (words === undefined) return undefined;
  // `No, wait. Let me see. Yes, I turn left.` says in the end what it said before.
  const isAgain = (one: Mention) =>
    one.action === action && isChosen(one, passage) && doubtOf(one, passage, covered) === undefined;
  const again = mentions.findLast(isAgain);
  const isKept = again !== undefined && retraction(passage, again.to, covered) === undefined;
  return isKept ? undefined : `“${words}” takes it back`;
}

/** `No, right.`, `No. Right`: a sentence of its own, not `no obstacle`. */
function isBareNo(passage: Passage, i: number): boolean {
  if (passage.words[i]?.text !== 'no' && passage.words[i]?.text !== 'nope') return false;
  const { from, to } = passage.clauseAt(i);
  return from === i && to === i + 1;
}

/** Whether a sentence asks by the order of its words: `Should I turn left`, `Would left do`. */
function asks({ from }: Span, at: Span, { words }: Passage): boolean {
  const [first = '', second = ''] = [words[from]?.text, words[from + 1]?.text];
  return (ASKING.has(first) && ASKED.has(second)) || (ASKED_OF_ACTIONS.has(first) && at.from === from + 1);
}

/**
 * Whether what follows denies in brackets or behind a colon, by a `no` of its own, or by `or not`: `left (wrong)`,
 * `left: bad idea`, `left. No.`; not `left (not right)`.
 */
function isRemarkedOn(after: number, passage: Passage, covered: Covered): boolean {
  const next = passage.words[after];
  if (!next) return false;
  if (pairAt(passage, after) === 'or_not') return true;
  const remark = passage.clauseAt(after);
  const words = passage.words.slice(remark.from, remark.to);
  if (remark.from === after && words.every(({ text }) => BARE_DENIAL.has(text))) return true;
  if (!/[(:]/u.test(next.gap)) return false;
  for (let i = remark.from; i < remark.to; i++) if (covered.has(i)) return false;
  if (isDenied(remark, passage, covered)) return true;
  const isBlame = words.length <= MAX_BLAME && words.some(({ text }) => BLAMING.has(text));
  return isBlame && !words.some(({ text }) => UNBLAMING.has(text));
}

function isDenied(clause: Span, passage: Passage, covered: Covered): boolean {
  for (let i = clause.from; i < clause.to; i++) {
    const text = passage.words[i]?.text ?? '';
    if (!covered.has(i) && (DENYING.has(text) || text.endsWith("n't"))) return true;
  }
  return false;
}
