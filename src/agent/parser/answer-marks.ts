/**
 * The marks of an answer in running text: where each stands, where its value is, and whether it is the answer's own.
 */
import type { Passage } from './clauses.js';
import { DENYING_SIGN, setOf, splitWords } from './words.js';

/** Where a mark stands, and how freely what follows may be phrased. */
export interface AnswerMark {
  readonly kind: 'colon' | 'verb' | 'enclosing' | 'number';
  readonly isFinal: boolean;
  readonly from: number;
  /** Where its value begins. */
  readonly to: number;
  /** Where its value ends, where the mark itself says so. */
  readonly end?: number;
}

const NOUN =
  '(?:action|answer|move|choice|decision|command|aktion|antwort|réponse|respuesta|acción|risposta|azione|' +
  'resposta|ação|ответ|действие|答案|动作|行动|答え|回答|行動|정답|답변|행동)';
const COLON = new RegExp(`(?<![\\p{L}\\p{N}])(final )?${NOUN}\\]?["']?\\s{0,8}(?::|=(?!=)|->|=>|→)`, 'gu');
const VERB = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(final )?${NOUN}(?: here| now)? (?:is|would be|should be|will be)|(?:i|we)(?:'ll| will| would|'d)? (?:choose|pick|select|go with|opt for))(?![\\p{L}\\p{N}])\\s{0,8}[:,]?`,
  'gu',
);
const ENCLOSING =
  /<(action|answer|move|final_answer|final|choice|decision|command|output|response|conclusion|solution|result)>([^<]{0,400})<\/\1>|<parameter(?:=action| name="action")>([^<]{0,400})<\/parameter>|<arg_key>action<\/arg_key>\s{0,8}<arg_value>([^<]{0,400})<\/arg_value>|\\boxed\s{0,8}\{([^}]{0,400})\}/gu;
const NUMBERED = /(?<![\p{L}\p{N}])(?:action|option) (?:number |no\. ?)?#?(?=\d{1,9}(?![\p{L}\p{N}]))/gu;

/** Before a noun that marks, these make it another one than the answer: `previous action: left`. */
const QUALIFYING = setOf(
  'previous last prior earlier old past wrong bad worst worse rejected alternative possible available legal ' +
    "allowed valid invalid other another example second their opponent opponent's initial tempting obvious default " +
    'risky no not falsche vorherige letzte précédente dernière anterior última precedente ultima предыдущее ' +
    'последнее 이전 마지막 前回の',
);

/** A longer value is an explanation. */
const MAX_VALUE = 400;

/** The marks of a folded text, in order. */
export function answerMarks(folded: string): AnswerMark[] {
  const marks = [
    ...matches(folded, COLON, 'colon'),
    ...matches(folded, VERB, 'verb'),
    ...matches(folded, NUMBERED, 'number'),
    ...[...folded.matchAll(ENCLOSING)].map((match): AnswerMark => {
      const value = match[2] ?? match[3] ?? match[4] ?? match[5] ?? '';
      const to = match.index + match[0].lastIndexOf(value, match[0].length - 1);
      return { kind: 'enclosing', isFinal: true, from: match.index, to, end: to + value.length };
    }),
  ];
  return marks.sort((a, b) => a.from - b.from);
}

function matches(folded: string, pattern: RegExp, kind: AnswerMark['kind']): AnswerMark[] {
  return [...folded.matchAll(pattern)].map((match) => ({
    kind,
    isFinal: match[1] !== undefined,
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** The rest of the line up to the next mark, or where there is none the next line that is not blank. */
export function placeOfValue(mark: AnswerMark, next: number, folded: string): [from: number, to: number] {
  if (mark.end !== undefined) return [mark.to, mark.end];
  let from = mark.to;
  const rest = folded.slice(from, from + MAX_VALUE);
  const line = rest.split('\n', 1)[0] ?? '';
  if (splitWords(line).length === 0 && next > from + line.length) {
    from += /^\s*/u.exec(rest)?.[0].length ?? 0;
  }
  const end = folded.indexOf('\n', from);
  return [from, Math.min(end === -1 ? folded.length : end, from + MAX_VALUE, Math.max(next, from))];
}

/** Whether the words or a sign before a mark, in its sentence, say that it is not of the answer. */
export function qualifies(passage: Passage, word: number, isNumber: boolean): boolean {
  if (DENYING_SIGN.test(passage.signsAround({ from: word, to: word + 1 }))) return true;
  if (isNumber) return QUALIFYING.has(passage.words[word - 1]?.text ?? '');
  const { from } = passage.sentenceAt(word);
  return passage.words.slice(Math.max(from, word - 2), word).some(({ text }) => QUALIFYING.has(text));
}
