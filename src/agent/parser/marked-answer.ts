/**
 * Answers that are marked as such in running text: `Action: left`, `the best move is left`, `I choose left`,
 * `<action>left</action>`, `\boxed{left}`, `action 3`. A final answer outweighs what was weighed before it.
 */
import type { ActionLexicon } from './action-lexicon.js';
import { type AnswerMark, answerMarks, placeOfValue, qualifies } from './answer-marks.js';
import { combine, indexReading, type Reading, readChat, readIndex, readName, readText } from './answer-text.js';
import type { Passage, Span } from './clauses.js';
import { coveredBy, doubtOf, takenBack } from './doubts.js';
import { isStandIn } from './json-answer.js';
import { isPhrase } from './phrase.js';
import { splitWords } from './words.js';

/** Words of a marked value that is a name in form: longer ones are an explanation. */
const MAX_NAME_WORDS = 4;
/** A text with more marks than this lists or repeats; it answers nothing. */
const MAX_MARKS = 100;
/** Where the reasons begin that follow a chosen action. */
const REASON = /\(|\s[–—-]+\s|[.!?;](?:\s|$)|,?\s(?:because|since|as|so that|due to|in order to|to)\s/u;

interface Read {
  readonly reading: Reading;
  readonly isFinal: boolean;
  readonly isQualified: boolean;
  /** The first word behind what was read. */
  readonly after: number;
}

/** Reads the marked answers of a folded text; undefined where there is none that answers. */
export function readMarked(passage: Passage, lexicon: ActionLexicon): Reading | undefined {
  const marks = answerMarks(passage.folded);
  if (marks.length > MAX_MARKS) return { kind: 'doubtful', found: [], why: 'it is marked without end' };
  const covered = coveredBy(lexicon.mentions(passage.words));
  const read = marks
    .map((mark, i) => readMark(mark, marks[i + 1]?.from ?? Number.POSITIVE_INFINITY, passage, covered, lexicon))
    .filter(({ reading }) => reading.kind !== 'none');
  const plain = read.filter(({ isQualified }) => !isQualified);
  const final = plain.filter(({ isFinal }) => isFinal);
  const decisive = final.length > 0 ? final : plain.length > 0 ? plain : read;
  const reading = combine(
    decisive.map((one) => one.reading),
    lexicon,
  );
  if (reading?.kind !== 'one') return reading;
  const after = Math.max(...decisive.map((one) => one.after));
  const why = takenBack(passage, after, reading.action, lexicon) ?? overruled(passage, after, reading.action, lexicon);
  return why ? { kind: 'doubtful', found: [lexicon.nameOf(reading.action)], why } : reading;
}

/** Why an answer does not stand that was given before the word `after`: a later sentence chooses another action. */
export function overruled(passage: Passage, after: number, action: number, lexicon: ActionLexicon): string | undefined {
  const next = after === 0 ? undefined : passage.words[passage.sentenceAt(after - 1).to];
  if (!next) return undefined;
  const later = readChat(passage.folded.slice(next.start), lexicon);
  return later.kind === 'one' && later.action !== action ? 'what follows chooses another action' : undefined;
}

function readMark(
  mark: AnswerMark,
  next: number,
  passage: Passage,
  covered: ReadonlySet<number>,
  lexicon: ActionLexicon,
): Read {
  const [from, to] = placeOfValue(mark, next, passage.folded);
  const value = passage.folded.slice(from, to);
  const first = passage.wordAt(from);
  const isQualified = qualifies(passage, passage.wordAt(mark.from), mark.kind === 'number');
  const reading = mark.kind === 'number' ? readNumber(value, lexicon) : readValue(value, mark.kind, lexicon);
  const at = spanOf(first, passage, to, lexicon);
  const after = mark.end === undefined ? at.to : Math.max(at.to, passage.wordAt(to));
  const said = { isFinal: mark.isFinal, isQualified, after };
  if (reading.kind !== 'one') return { ...said, reading };
  const doubt = isQualified ? 'it is marked as another than the answer' : doubtOf(at, passage, covered);
  const found = [lexicon.nameOf(reading.action)];
  if (doubt) return { ...said, reading: { kind: 'doubtful', found, why: doubt } };
  const words = passage.folded.slice(mark.from, Math.max(from, passage.words[at.to - 1]?.end ?? from));
  return { ...said, reading: { ...reading, words } };
}

/** The first action that a value names, or its first word where it names one by number. */
function spanOf(first: number, passage: Passage, end: number, lexicon: ActionLexicon): Span {
  const words = passage.words.slice(first, passage.wordAt(end));
  const [mention] = lexicon.mentions(words);
  if (!mention) return { from: first, to: Math.min(first + 1, passage.words.length) };
  return { from: first + mention.from, to: first + mention.to };
}

function readValue(value: string, kind: AnswerMark['kind'], lexicon: ActionLexicon): Reading {
  const words = splitWords(value);
  if (words.some(({ text }) => isStandIn(text))) return { kind: 'none' };
  if (kind === 'verb') {
    const [first] = lexicon.mentions(words);
    if (first === undefined) return readIndex(value.split(REASON, 1)[0] ?? '', lexicon) ?? { kind: 'none' };
    if (first.from >= MAX_NAME_WORDS) return { kind: 'none' };
  }
  const choice = value.split(REASON, 1)[0] ?? '';
  for (const text of [value, choice]) {
    const exact = readIndex(text, lexicon) ?? readName(text, lexicon);
    if (exact) return exact;
  }
  // A sentence may speak of an action without choosing it: `Answer: The road bends left.`
  const reading = kind === 'verb' || isPhrase(choice, lexicon) ? readText(choice, lexicon) : readChat(choice, lexicon);
  if (reading.kind !== 'none') return reading;
  const leading = /^\W*(\d{1,9})(?![\p{L}\p{N}])/u.exec(choice);
  if (leading) return indexReading(Number(leading[1]), lexicon);
  const whole = readChat(value, lexicon);
  if (whole.kind !== 'none') return whole;
  const isName = words.length > 0 && words.length <= MAX_NAME_WORDS;
  return isName ? { kind: 'illegal', found: [value.trim()] } : whole;
}

/** `action 3`, also with its name: `action 3: gas`. */
function readNumber(value: string, lexicon: ActionLexicon): Reading {
  const choice = value.split(REASON, 1)[0] ?? '';
  const named = readName(value, lexicon) ?? readName(choice, lexicon);
  if (named) return named;
  return indexReading(Number(/^\d{1,9}/u.exec(value)?.[0]), lexicon);
}
