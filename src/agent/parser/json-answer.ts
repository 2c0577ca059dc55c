/**
 * Answers in JSON, alone, in a code fence or inside chat: `{"action": "left"}`, `["left"]`, `{"result": {"move": 3}}`.
 * Inside chat only an object that names an action by a key counts: a list there may be a place or a colour.
 */
import type { ActionLexicon } from './action-lexicon.js';
import { combine, indexReading, type Reading, readChat, readIndex, readName, readText } from './answer-text.js';
import { keyWords, refusalIn } from './json-verdict.js';
import { Cut, type Loose, LooseList, LooseObject, readLoose } from './loose-json.js';
import { isPhrase } from './phrase.js';
import { fold, nameKey, setOf, splitWords } from './words.js';

const ACTION_KEYS = setOf(
  'action actions nextaction chosenaction selectedaction bestaction finalaction move nextmove bestmove finalmove ' +
    'answer finalanswer choice decision command',
);
/** Keys that hold the action where an action is itself an object: `{"action": {"name": "left"}}`. */
const NAME_KEYS = setOf('name value type label index id');
/** Keys that hold what a tool is called with. */
const ARGUMENT_KEYS = setOf('arguments parameters input args params');
/** Words of keys under which stands what was thought, was, or might be, and is no answer. */
const ASIDE_WORDS = setOf(
  'thought thoughts thinking reason reasons reasoning rationale analysis explanation reflection critique example ' +
    'examples previous last prior past history rejected discarded avoid alternative alternatives option options ' +
    'candidate candidates available legal possible allowed valid invalid worst bad wrong not other opponent enemy ' +
    'enemies schema properties fallback backup template format user human system error errors obstacle obstacles ' +
    'if else when unless default defaults instruction instructions memory log logs rule rules request',
);
const MAX_DEPTH = 8;
const MAX_OBJECTS = 64;
/** Blanks that may stand behind a list that is the whole of a text. */
const MAX_GAP = 1000;

/** Stands for an object in the text around it; no letter of any alphabet in use, so that it is a word of its own. */
const STAND_IN = 'ꙮ';

/** A block of code that is nothing but JSON: part of the sentence that it stands in. */
const FENCED = new RegExp(
  `\`\`\`[ \\t]{0,8}(?!think|thought|reason|analysis|scratch)\\w{0,20}\\s{1,8}(${STAND_IN}\\d{1,3})\\s{1,8}\`\`\``,
  'gu',
);

/** An object or list found in a text. */
export interface JsonPiece {
  /** The word that stands for it in `JsonText.text`. */
  readonly standIn: string;
  readonly source: string;
  /** What it answers; undefined where it answers nothing. */
  readonly reading: Reading | undefined;
}

export interface JsonText {
  /** The text with a word in each one's place, so that what is said about it can be read as about any other word. */
  readonly text: string;
  readonly pieces: readonly JsonPiece[];
}

/** Finds the JSON of a raw text and reads it. */
export function readJson(raw: string, lexicon: ActionLexicon): JsonText {
  const text = raw.replaceAll(STAND_IN, ' ');
  const listAt = wholeLists(text);
  const parts: string[] = [];
  const pieces: JsonPiece[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '{' && !listAt.has(at)) continue;
    const { value, end, isBroken } = readLoose(text, at);
    if (value === undefined && !isBroken) continue;
    if (text[at] === '[' && !/^\s*(?:```|$)/u.test(text.slice(end, end + MAX_GAP))) continue;
    // Behind JSON that breaks off nothing is known of the rest: it may stand inside.
    const to = isBroken ? text.length : end;
    const standIn = `${STAND_IN}${pieces.length}`;
    const source = text.slice(at, to);
    const reading = isBroken || pieces.length === MAX_OBJECTS ? doubtful(source, lexicon) : readWhole(value, lexicon);
    pieces.push({ standIn, source, reading });
    parts.push(text.slice(kept, at), ` ${standIn} `);
    kept = to;
    at = to - 1;
    if (pieces.length > MAX_OBJECTS) break;
  }
  return { text: (parts.join('') + text.slice(kept)).replace(FENCED, ' $1 '), pieces };
}

/** Whether the word stands for a piece of JSON. */
export function isStandIn(word: string): boolean {
  return word.startsWith(STAND_IN);
}

/** Where a list begins that is the whole text or the whole of a code block. */
function wholeLists(text: string): Set<number> {
  const starts = [...text.matchAll(/^\s*\[|```[ \t]*\w{0,20}\s*\[/gu)].map(
    (match) => match.index + match[0].length - 1,
  );
  return new Set(starts);
}

function readWhole(value: Loose | undefined, lexicon: ActionLexicon): Reading | undefined {
  const readings =
    value instanceof LooseList
      ? value.items.flatMap((item) => (isPlain(item) ? [readValue(item, lexicon, 0)] : readObject(item, lexicon, 0)))
      : readObject(value, lexicon, 0);
  return combine(readings, lexicon);
}

function isPlain(value: Loose): boolean {
  return !(value instanceof LooseObject || value instanceof LooseList);
}

/** The readings of everything that an object says under a key for actions, at the outermost level that has one. */
function readObject(value: Loose | undefined, lexicon: ActionLexicon, depth: number): Reading[] {
  if (depth > MAX_DEPTH) return [];
  if (value instanceof LooseList) return value.items.flatMap((item) => readObject(item, lexicon, depth + 1));
  if (!(value instanceof LooseObject)) return [];
  return withVerdict(value, readEntries(value, lexicon, depth), lexicon);
}

function readEntries(value: LooseObject, lexicon: ActionLexicon, depth: number): Reading[] {
  const entries = value.entries.filter(([key]) => !isAside(key));
  const answers = entries.filter(([key]) => ACTION_KEYS.has(nameKey(key)));
  const finals = answers.filter(([key]) => nameKey(key).startsWith('final'));
  const decisive = finals.length > 0 ? finals : answers;
  if (decisive.length > 0) return decisive.map(([, answer]) => readValue(answer, lexicon, depth + 1));
  const inner = entries.flatMap(([, one]) => readObject(one, lexicon, depth + 1));
  return inner.length > 0 ? inner : readCall(entries, lexicon);
}

/** What an object answers, unless a field of it says that this does not count: `{"status": "rejected", …}`. */
function withVerdict(object: LooseObject, readings: readonly Reading[], lexicon: ActionLexicon): Reading[] {
  const why = refusalIn(object.entries.filter(([key]) => !ACTION_KEYS.has(nameKey(key))));
  if (why === undefined) return [...readings];
  return readings.map((one) =>
    one.kind === 'one' ? { kind: 'doubtful', found: [lexicon.nameOf(one.action)], why } : one,
  );
}

function isAside(key: string): boolean {
  return keyWords(key).some((word) => ASIDE_WORDS.has(word));
}

/** The call of a tool that is named like an action: `{"name": "turn_left", "arguments": {}}`. */
function readCall(entries: LooseObject['entries'], lexicon: ActionLexicon): Reading[] {
  const name = entries.find(([key]) => nameKey(key) === 'name')?.[1];
  const isCall = entries.some(([key]) => ARGUMENT_KEYS.has(nameKey(key)));
  if (!isCall || typeof name !== 'string') return [];
  const reading = readName(fold(name), lexicon);
  return reading ? [reading] : [];
}

/** The reading of a value that stands where an action is expected. */
function readValue(value: Loose, lexicon: ActionLexicon, depth: number): Reading {
  if (depth > MAX_DEPTH) return { kind: 'none' };
  if (typeof value === 'number') return indexReading(value, lexicon);
  if (typeof value === 'string') return readString(value, lexicon);
  if (value instanceof Cut) return value.begun === '' ? { kind: 'none' } : doubtful(value.begun, lexicon);
  if (value instanceof LooseList) {
    const items = value.items.map((item) => readValue(item, lexicon, depth + 1));
    return combine(items, lexicon) ?? { kind: 'none' };
  }
  if (!(value instanceof LooseObject)) return { kind: 'none' };
  const named = value.entries.filter(([key]) => NAME_KEYS.has(nameKey(key)) || ACTION_KEYS.has(nameKey(key)));
  const inner = named.map(([, one]) => readValue(one, lexicon, depth + 1));
  return combine(withVerdict(value, inner, lexicon), lexicon) ?? { kind: 'none' };
}

/** A sentence may speak of an action without choosing it: `{"action": "the road bends left"}`. */
function readPhrase(folded: string, lexicon: ActionLexicon): Reading {
  return isPhrase(folded, lexicon) ? readText(folded, lexicon) : readChat(folded, lexicon);
}

function readString(value: string, lexicon: ActionLexicon): Reading {
  const folded = fold(value);
  const reading = readIndex(folded, lexicon) ?? readName(folded, lexicon) ?? readPhrase(folded, lexicon);
  const isBlank = nameKey(value) === '';
  return reading.kind === 'none' && !isBlank ? { kind: 'illegal', found: [value] } : reading;
}

/** What was cut off or broke: it names actions, but what it was going to say is not known. */
function doubtful(source: string, lexicon: ActionLexicon): Reading & { readonly kind: 'doubtful' } {
  const mentions = lexicon.mentions(splitWords(fold(source)));
  return { kind: 'doubtful', found: [...new Set(mentions.map(({ action }) => lexicon.nameOf(action)))] };
}
