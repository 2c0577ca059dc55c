/**
 * Answers that are marked as such in running text: `Action: left`, `the best move is left`, `I choose left`,
 * `<action>left</action>`, `\boxed{left}`, `action 3`. A final answer outweighs what was weighed before it.
 */
import type { ActionLexicon } from './action-lexicon.js';
import { indexReading, type Reading, readIndex, readName, readText } from './answer-text.js';
import { combine } from './json-answer.js';
import { splitWords } from './words.js';

/** Where a marker's value begins; how freely it may be phrased depends on the marker. */
interface Marked {
  readonly value: string;
  readonly isFinal: boolean;
  /** After a colon anything is an answer; after a verb only what names an action soon. */
  readonly isStrict: boolean;
  /** Where the marker stands in the text. */
  readonly after: number;
}

const NOUN = '(?:action|answer|move|choice|decision|command)';
const COLON = new RegExp(`(?<![\\p{L}\\p{N}])(final )?${NOUN}\\]?["']?\\s*(?::|=(?!=)|->|=>|→)(.*)`, 'gu');
const VERB = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(final )?${NOUN} (?:is|would be|should be|will be)|i(?:'ll| will| would|'d)? (?:choose|pick|select|go with|opt for))(?![\\p{L}\\p{N}])(.*)`,
  'gu',
);
const TAG = /<(action|answer|move)>([^<]*)<\/\1>/gu;
const BOXED = /\\boxed\s*\{([^}]*)\}/gu;
const NUMBERED = /(?<![\p{L}\p{N}])(?:action|option) (?:number |no\. ?)?#?(\d{1,9})(?![\p{L}\p{N}])/gu;

/** Words of a marked value that is a name in form: longer ones are an explanation. */
const MAX_NAME_WORDS = 4;
/** Where the reasons begin that follow a chosen action. */
const REASON = /\(|\s[–—-]+\s|[.!?;](?:\s|$)|,?\s(?:because|since|as|so that|due to|in order to|to)\s/u;

/** A marked answer, and where in the text the last marker stands. */
export interface MarkedReading {
  readonly reading: Reading;
  readonly after: number;
}

/** Reads the marked answers of a folded text; undefined where there is none that answers. */
export function readMarked(folded: string, lexicon: ActionLexicon): MarkedReading | undefined {
  const marked = [...tagged(folded), ...colons(folded), ...verbs(folded), ...numbered(folded)];
  const read = marked
    .map((one) => ({ after: one.after, isFinal: one.isFinal, reading: readValue(one, lexicon) }))
    .filter(({ reading }) => reading.kind !== 'none');
  const final = read.filter(({ isFinal }) => isFinal);
  const decisive = final.length > 0 ? final : read;
  const reading = combine(
    decisive.map((one) => one.reading),
    lexicon,
  );
  return reading && { reading, after: Math.max(...decisive.map(({ after }) => after)) };
}

function tagged(folded: string): Marked[] {
  return [...folded.matchAll(TAG), ...folded.matchAll(BOXED)].map((match) => ({
    value: match[2] ?? match[1] ?? '',
    isFinal: true,
    isStrict: false,
    after: match.index,
  }));
}

/** The rest of the line, or where there is none the next line that is not blank. */
function colons(folded: string): Marked[] {
  return [...folded.matchAll(COLON)].map((match) => {
    const end = match.index + match[0].length;
    const inLine = match[2] ?? '';
    const value = splitWords(inLine).length > 0 ? inLine : (/^\s*([^\n]*)/u.exec(folded.slice(end))?.[1] ?? '');
    return { value, isFinal: match[1] !== undefined, isStrict: false, after: match.index };
  });
}

function verbs(folded: string): Marked[] {
  return [...folded.matchAll(VERB)].map((match) => ({
    value: (match[2] ?? '').replace(/^\s*[:,]/, ''),
    isFinal: match[1] !== undefined,
    isStrict: true,
    after: match.index,
  }));
}

function numbered(folded: string): Marked[] {
  return [...folded.matchAll(NUMBERED)].map((match) => ({
    value: match[1] ?? '',
    isFinal: false,
    isStrict: false,
    after: match.index,
  }));
}

function readValue({ value, isStrict }: Marked, lexicon: ActionLexicon): Reading {
  const words = splitWords(value);
  if (isStrict) {
    const [first] = lexicon.mentions(words);
    if (first === undefined || first.from >= MAX_NAME_WORDS) return { kind: 'none' };
  }
  const choice = value.split(REASON, 1)[0] ?? '';
  for (const text of [value, choice]) {
    const exact = readIndex(text, lexicon) ?? readName(text, lexicon);
    if (exact) return exact;
  }
  const reading = readText(choice, lexicon);
  if (reading.kind !== 'none') return reading;
  const leading = /^\W*(\d{1,9})(?![\p{L}\p{N}])/u.exec(choice);
  if (leading) return indexReading(Number(leading[1]), lexicon);
  const whole = readText(value, lexicon);
  if (whole.kind !== 'none') return whole;
  const isName = words.length > 0 && words.length <= MAX_NAME_WORDS;
  return isName ? { kind: 'illegal', found: [value.trim()] } : whole;
}
