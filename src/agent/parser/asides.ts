/**
 * What stands in an answer and is no answer: sections that are headed as thoughts, quotations, echoes of the question,
 * what is struck out or commented out.
 */
import { splitWords } from './words.js';

/** A folded text, and what was taken out of it. */
export interface Told {
  readonly text: string;
  readonly cuts: readonly { readonly why: string; readonly text: string }[];
}

type Cuts = { why: string; text: string }[];

const HIDDEN = /<!--[\s\S]*?(?:-->|$)|(?<!~)~~(?!~)[^~]{1,300}(?<!~)~~(?!~)/gu;
const FENCE = /^[ \t]*(?:`{3,}|~{3,})[ \t]*(thinking|thoughts?|reasoning|analysis|scratchpad)?[\w+-]{0,20}[ \t]*$/iu;

/** Takes out comments and what is struck out. */
export function withoutHidden(raw: string): Told {
  const cuts: Cuts = [];
  const text = raw.replace(HIDDEN, (hidden) => {
    cuts.push({ why: 'struck out or commented out', text: hidden });
    return ' ';
  });
  return { text, cuts };
}

/** Takes out code blocks that are called thoughts, and the fences of the others. */
export function withoutFences(raw: string): Told {
  const cuts: Cuts = [];
  const kept: string[] = [];
  let thought: string[] | undefined;
  for (const line of raw.split('\n')) {
    const fence = FENCE.exec(line);
    if (thought && fence) {
      cuts.push({ why: 'a code block that is called a thought', text: thought.join('\n') });
      thought = undefined;
    } else if (thought) thought.push(line);
    else if (fence?.[1]) thought = [];
    else if (!fence) kept.push(line);
  }
  if (thought) cuts.push({ why: 'a code block that is called a thought', text: thought.join('\n') });
  return { text: kept.join('\n'), cuts };
}

const LEAD = String.raw`^[\s#_\-•[(]{0,20}`;
const TAIL = String.raw`(?: ?\d{1,3})?[\])_]{0,3}\s{0,8}`;
const THOUGHT_NAMES =
  'think|thoughts?(?: process)?|thinking(?: process)?|reasoning|reasons?|analysis|rationale|explanation|' +
  'reflection|observations?|justification|chain of thought|cot|plan|scratchpad|critique|situation|context|' +
  'question|prompt|instructions?|examples?|user|human|system|(?:available|legal|possible|valid|allowed) ' +
  '(?:actions|moves|options|choices)';
const THOUGHT_HEAD = new RegExp(
  `${LEAD}(?:my |step-by-step |internal |inner |brief |short )?(?:${THOUGHT_NAMES})${TAIL}(?::|[-–—] |=>|→|$|(?<=\\])\\s)`,
  'u',
);
const ANSWER_NAMES = 'action|answer|move|choice|decision|command|output|response|conclusion|result|verdict|solution';
const ANSWER_HEAD = new RegExp(
  `${LEAD}(?:(?:my|the|your|next|final|chosen|best|selected|recommended) ){0,3}(?:${ANSWER_NAMES})${TAIL}(?::|=|->|→|$|(?<=\\])\\s)`,
  'u',
);
const ANSWER_INSIDE =
  /(?<![\p{L}\p{N}])(?<!(?:the|an?|this|that|previous|last|prior|possible|each|every|no|wrong|bad) )(?:final |next |my )?(?:action|answer|decision|choice)(?: \d{1,3})?\s?:/u;
/** A line that begins with what only an answer begins with: a tag, a box. */
const FORMAL = /^\s*(?:<[a-z]|\\boxed)/u;
const BRACKET_HEAD = /^\s*\[((?:final )?(?:action|answer|move|choice|decision))\]:?/u;

/**
 * Takes the sections out of a folded text that are headed as thoughts, explanations or echoes of the question, and what
 * is cited by `>`. A section goes on to the next head of an answer, or to a line that is an answer in form.
 */
export function withoutSections(folded: string, isAnswer: (line: string) => boolean): Told {
  const cuts: Cuts = [];
  const kept: string[] = [];
  let section: string[] | undefined;
  const endSection = () => {
    if (section) cuts.push({ why: 'a section that is headed as no answer', text: section.join('\n') });
    section = undefined;
  };
  for (const line of folded.split('\n')) {
    if (THOUGHT_HEAD.test(line)) {
      endSection();
      section = [];
    } else if (section && (ANSWER_HEAD.test(line) || FORMAL.test(line) || isAnswer(line))) endSection();
    if (!section) {
      kept.push(line.replace(BRACKET_HEAD, '$1:'));
      continue;
    }
    const mark = ANSWER_INSIDE.exec(line);
    // What stands directly behind the head is still the thought's.
    const inside = mark && (section.length > 0 || splitWords(line.slice(0, mark.index)).length > 1) ? mark : undefined;
    section.push(inside ? line.slice(0, inside.index) : line);
    if (!inside) continue;
    endSection();
    kept.push(line.slice(inside.index));
  }
  endSection();
  return withoutCited(kept, cuts);
}

/** Lines cited by `>`, unless there are no others. */
function withoutCited(lines: readonly string[], cuts: Cuts): Told {
  const isCited = (line: string) => /^\s*>/u.test(line);
  const own = lines.filter((line) => !isCited(line));
  const cited = lines.filter(isCited);
  if (cited.length === 0 || own.every((line) => line.trim() === '')) return { text: lines.join('\n'), cuts };
  return { text: own.join('\n'), cuts: [...cuts, { why: 'cited', text: cited.join('\n') }] };
}

const QUOTED =
  /"([^"\n]{1,300})"|“([^“”\n]{1,300})”|„([^„“”\n]{1,300})[“”]|«([^«»\n]{1,300})»|「([^「」\n]{1,300})」|(?<![\p{L}\p{N}])'([^'\n]{1,300})'(?![\p{L}\p{N}])/gu;
/** Behind what a quoted name is an answer. */
const ANSWERING =
  /(?:^|\n\s{0,20}[-•]?|[:=>→]|(?<![\p{L}\p{N}])(?:is|be|choose|pick|select|with|press|play|take|do|answer|output|execute|perform|go|turn|steer|use|apply|recommend|suggest|so|therefore|thus))\s{0,8}$/u;
/** An attribute of a tag, whose value is no quotation. */
const ATTRIBUTE = /<[a-z][\w:-]{0,40}(?:\s[^<>\n]{0,80})?\s[\w:-]{1,40}=$/u;
/** Behind what anything quoted is an answer. */
const ANSWER_MARK = /(?<![\p{L}\p{N}])(?:action|answer|move|choice|decision|response|output)["']?\s{0,8}[:=]\s{0,8}$/u;
const LOOK_BACK = 120;

/**
 * Takes quotations out of a folded text. A name in quotes is left where an answer is given: `I choose "left"`; and
 * quotes around the whole text are its wrapping.
 */
export function withoutQuotes(folded: string, isAnswer: (line: string) => boolean): Told {
  const whole = folded.trim();
  const first = QUOTED.exec(whole);
  QUOTED.lastIndex = 0;
  if (first?.index === 0 && first[0].length === whole.length) return { text: whole.slice(1, -1), cuts: [] };
  const cuts: Cuts = [];
  const text = folded.replace(QUOTED, (quoted: string, ...rest: unknown[]) => {
    const at = rest.find((one) => typeof one === 'number') as number;
    const before = folded.slice(Math.max(0, at - LOOK_BACK), at);
    if (ANSWER_MARK.test(before) || (isAnswer(quoted.slice(1, -1)) && ANSWERING.test(before))) return quoted;
    if (splitWords(quoted).length === 0 || ATTRIBUTE.test(before)) return quoted;
    cuts.push({ why: 'quoted', text: quoted });
    return ' "" ';
  });
  return { text, cuts };
}
