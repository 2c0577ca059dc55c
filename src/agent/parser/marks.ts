/**
 * The marks by which model families part what is thought from what is answered: `<think>`, `[THINK]`, `◁think▷`,
 * `<|begin_of_thought|>`, `<|channel|>analysis`. Families invent new ones all the time, so a mark is known by its
 * words, not by its spelling.
 */
import { setOf } from './words.js';

export type MarkKind =
  /** A thought begins. */
  | 'open'
  /** A thought ends. What stands before belongs to it even where nothing opened it: the prompt may have. */
  | 'close'
  /** The answer begins; all before was none. */
  | 'answer'
  /** The turn of somebody else begins. */
  | 'others'
  /** The model's own turn begins. */
  | 'own'
  /** A message ends, of whichever kind. */
  | 'end';

export interface Mark {
  readonly kind: MarkKind;
  readonly from: number;
  readonly to: number;
  /** Whether it is a message's head, so that the message's end closes it. */
  readonly isMessage: boolean;
}

const THOUGHT = setOf(
  'think thinking antthinking thought thoughts plan scratch reason reasoning reflection reflections reflect ' +
    'scratchpad monologue cot rationale analysis deliberation planning contemplation brainstorm critique ' +
    'explanation details unused94 unused95',
);
const ANSWER = setOf('answer final response solution output');
/** Words that stand beside those in a mark's name and change nothing. */
const STRUCTURE = setOf(
  'begin start open of the my seed mm longcat inner internal chain block process section prefix pad budget self ' +
    'deep ant',
);
const CLOSING = setOf('end close stop suffix unused95');

/** Names of marks behind which a word says whose message follows, or in which channel. */
const HEADS = setOf('channel im_start start start_header_id begin start_of_turn turn message_start role');
const ENDS = setOf('end im_end eot_id eom_id end_of_turn call return message_end eot');
const OTHERS = setOf('user human system developer tool ipython observation environment function');
const OWN = setOf('assistant model gpt bot ai');

/** Anything in angle or square brackets that may be a mark; bounded, so that a text of brackets takes no longer. */
const BRACKETED =
  /(?:<|&lt;|＜)([^<>\n＜＞&]{1,80})(?:>|&gt;|＞)|\[([^[\]\n]{1,40})\]|◁([^◁▷\n]{1,40})▷|【([^【】\n]{1,40})】/gu;
/** Sections that are marked in plain words (Granite, Ollama). */
const SPOKEN =
  /here(?:'s| is) my (thought process|response)\s*:|^[ \t]*(thinking\.\.\.)[ \t]*$|^[ \t]*(\.\.\.done thinking\.?)[ \t]*$/gimu;
/** The word behind a head, and where to it is sent: a message to a tool is the model's doing, not its thought. */
const NAMED = /\s{0,8}([\p{L}_]{1,30})([^<\n]{0,80})/uy;

/** The marks of a text, in order. */
export function marksIn(text: string): Mark[] {
  const marks = [...bracketed(text), ...spoken(text), ...withoutBrackets(text)];
  return marks.sort((a, b) => a.from - b.from);
}

function bracketed(text: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of text.matchAll(BRACKETED)) {
    const body = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    const isAngled = match[1] !== undefined;
    const mark = (isAngled ? message(text, match.index, match[0], body) : undefined) ?? section(match, body, isAngled);
    if (mark) marks.push(mark);
  }
  // In square brackets that nothing closes stands a heading, which is read as one (asides.ts): `[Thought] … [Action]
  // …`.
  const isClosed = marks.some(({ kind, from }) => kind === 'close' && text[from] === '[');
  return isClosed ? marks : marks.filter(({ from }) => text[from] !== '[');
}

/** A mark that opens or closes a section by its own name: `<think>`, `<|END_THINKING|>`, `</reasoning>`. */
function section(match: RegExpExecArray, body: string, isAngled: boolean): Mark | undefined {
  const name = body.replace(/\p{Cf}/gu, '').replace(/^[|｜\s]+|[|｜\s\\]+$/gu, '');
  if (name.endsWith('/')) return undefined;
  const isSlashed = /^\\?\//u.test(name);
  const words = name
    .replace(/^\\?\/\s*/u, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  // Attributes say nothing of a tag's kind.
  const own = /^[\\/\s]*[^\s=]+\s/u.test(name) && !/[|｜▁]/u.test(body) ? words.slice(0, 1) : words;
  const isClosing = isSlashed || own.some((word) => CLOSING.has(word));
  const rest = own.filter((word) => !STRUCTURE.has(word) && !CLOSING.has(word));
  const at = { from: match.index, to: match.index + match[0].length, isMessage: false };
  const isThought = own.some((word) => THOUGHT.has(word)) && rest.every((word) => THOUGHT.has(word));
  if (isThought || own.join(' ') === 'inner prefix' || own.join(' ') === 'inner suffix') {
    return { ...at, kind: isClosing ? 'close' : 'open' };
  }
  // Tags such as <answer> are read where they stand; tokens part the whole text.
  const isToken = isAngled && /[|｜]/u.test(body) && own.length > 1;
  if (isToken && !isClosing && rest.length > 0 && rest.every((word) => ANSWER.has(word)))
    return { ...at, kind: 'answer' };
  return undefined;
}

/** A mark that begins or ends a message: `<|channel|>final`, `<|im_start|>user`, `<|end|>`, Gemma's `<channel|>`. */
function message(text: string, from: number, whole: string, body: string): Mark | undefined {
  const name = body.replace(/[|｜]/gu, '').trim().toLowerCase();
  const to = from + whole.length;
  if (name === 'channel' && /^channel[|｜]$/u.test(body)) return { kind: 'close', from, to, isMessage: true };
  if (ENDS.has(name)) return { kind: 'end', from, to, isMessage: true };
  if (!HEADS.has(name)) return undefined;
  NAMED.lastIndex = to;
  const named = NAMED.exec(text);
  const word = named?.[1]?.toLowerCase() ?? '';
  const isSent = / to=/u.test(named?.[2] ?? '');
  const end = named ? to + named[0].length - (named[2]?.length ?? 0) : to;
  const kind = isSent || ANSWER.has(word) ? 'answer' : kindOfMessage(word);
  // A channel whose name is none is not the final one: models garble the head of a message (`<|channel|>??`).
  if (!kind) return { kind: name === 'channel' ? 'open' : 'end', from, to, isMessage: true };
  return { kind, from, to: isSent ? to + (named?.[0].length ?? 0) : end, isMessage: true };
}

function kindOfMessage(word: string): MarkKind | undefined {
  if (THOUGHT.has(word) || word === 'commentary') return 'open';
  if (OTHERS.has(word)) return 'others';
  return OWN.has(word) ? 'own' : undefined;
}

function spoken(text: string): Mark[] {
  return [...text.matchAll(SPOKEN)].map((match): Mark => {
    const opens = match[1]?.toLowerCase() === 'thought process' || match[2] !== undefined;
    const kind = opens ? 'open' : match[1] ? 'answer' : 'close';
    return { kind, from: match.index, to: match.index + match[0].length, isMessage: false };
  });
}

/** Harmony without its tokens, as a decoder leaves it that skips them: `analysisWe need …assistantfinalright`. */
function withoutBrackets(text: string): Mark[] {
  const start = /^\s*(?:analysis|commentary)(?=\p{Lu})/u.exec(text);
  const marks: Mark[] = start ? [{ kind: 'open', from: 0, to: start[0].length, isMessage: false }] : [];
  const final = text.lastIndexOf('assistantfinal');
  if (final !== -1) marks.push({ kind: 'answer', from: final, to: final + 'assistantfinal'.length, isMessage: false });
  return marks;
}
