/**
 * Answers in JSON, alone, in a code fence or inside chat: `{"action": "left"}`, `["left"]`, `{"result": {"move": 3}}`.
 * Inside chat only an object that names an action by a key counts: a list there may be a place or a colour.
 */
import type { ActionLexicon } from './action-lexicon.js';
import { indexReading, type Reading, readIndex, readName, readText } from './answer-text.js';
import { fold, nameKey } from './words.js';

const ACTION_KEYS = new Set(
  'action actions nextaction chosenaction selectedaction bestaction finalaction move nextmove answer finalanswer choice decision command'.split(
    ' ',
  ),
);
/** Keys that hold the action where an action is itself an object: `{"action": {"name": "left"}}`. */
const NAME_KEYS = new Set(['name', 'value', 'type', 'label', 'index', 'id']);
const MAX_DEPTH = 6;
const MAX_OBJECTS = 32;

/** Reads the JSON of a raw answer; undefined where there is none that answers. */
export function readJson(raw: string, lexicon: ActionLexicon): Reading | undefined {
  for (const whole of [raw.trim(), ...fencedBlocks(raw)]) {
    const value = parseLoosely(whole);
    if (value === undefined) continue;
    const readings = Array.isArray(value)
      ? value.map((item) => readValue(item, lexicon, 0))
      : readObject(value, lexicon, 0);
    const reading = combine(readings, lexicon);
    if (reading) return reading;
  }
  const readings = objectsInText(raw).flatMap((value) => readObject(value, lexicon, 0));
  return combine(readings, lexicon);
}

/** The readings of everything that an object says under a key for actions, at the outermost level that has one. */
function readObject(value: unknown, lexicon: ActionLexicon, depth: number): Reading[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((item) => readObject(item, lexicon, depth + 1));
  const entries = Object.entries(value);
  const answers = entries.filter(([key]) => ACTION_KEYS.has(nameKey(key)));
  if (answers.length > 0) return answers.map(([, answer]) => readValue(answer, lexicon, depth + 1));
  return entries.flatMap(([, inner]) => readObject(inner, lexicon, depth + 1));
}

/** The reading of a value that stands where an action is expected. */
function readValue(value: unknown, lexicon: ActionLexicon, depth: number): Reading {
  if (depth > MAX_DEPTH) return { kind: 'none' };
  if (typeof value === 'number') return indexReading(value, lexicon);
  if (typeof value === 'string') return readString(value, lexicon);
  if (Array.isArray(value)) {
    return (
      combine(
        value.map((item) => readValue(item, lexicon, depth + 1)),
        lexicon,
      ) ?? { kind: 'none' }
    );
  }
  if (typeof value !== 'object' || value === null) return { kind: 'none' };
  const named = Object.entries(value).filter(([key]) => NAME_KEYS.has(nameKey(key)) || ACTION_KEYS.has(nameKey(key)));
  return (
    combine(
      named.map(([, inner]) => readValue(inner, lexicon, depth + 1)),
      lexicon,
    ) ?? { kind: 'none' }
  );
}

function readString(value: string, lexicon: ActionLexicon): Reading {
  const folded = fold(value);
  const reading = readIndex(folded, lexicon) ?? readName(folded, lexicon) ?? readText(folded, lexicon);
  const isBlank = nameKey(value) === '';
  return reading.kind === 'none' && !isBlank ? { kind: 'illegal', found: [value] } : reading;
}

/** Several readings as one: equal ones agree, different ones are doubtful. Undefined of none. */
export function combine(readings: readonly Reading[], lexicon: ActionLexicon): Reading | undefined {
  const [first] = readings;
  if (first === undefined) return undefined;
  const isSame = readings.every((one) => one.kind === first.kind && actionOf(one) === actionOf(first));
  if (isSame) return first;
  const found = readings.flatMap((one) => {
    if (one.kind === 'none') return [];
    return one.kind === 'one' ? [lexicon.nameOf(one.action)] : one.found;
  });
  return { kind: 'doubtful', found: [...new Set(found)] };
}

function actionOf(reading: Reading): number | undefined {
  return reading.kind === 'one' ? reading.action : undefined;
}

function fencedBlocks(raw: string): string[] {
  return [...raw.matchAll(/```([^`]*)```/g)].map((match) => (match[1] ?? '').replace(/^\w+\s/, '').trim());
}

/** The objects written anywhere in a text, outermost first; a brace within a string is none. */
function objectsInText(raw: string): object[] {
  const objects: object[] = [];
  let start = -1;
  let depth = 0;
  let isString = false;
  for (let i = 0; i < raw.length && objects.length < MAX_OBJECTS; i++) {
    const sign = raw[i];
    if (isString) {
      if (sign === '\\') i++;
      else if (sign === '"') isString = false;
    } else if (sign === '"' && depth > 0) isString = true;
    else if (sign === '{' && depth++ === 0) start = i;
    else if (sign === '}' && depth > 0 && --depth === 0) {
      const value = parseLoosely(raw.slice(start, i + 1));
      if (value !== undefined) objects.push(value);
    }
  }
  return objects;
}

/** JSON, also with the single quotes and trailing commas that models write; undefined where it is no object or list. */
function parseLoosely(text: string): object | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  for (const candidate of [text, text.replaceAll("'", '"').replace(/,\s*([}\]])/g, '$1')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Text that is no JSON is the usual case, not an error.
    }
  }
  return undefined;
}
