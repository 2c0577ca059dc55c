/**
 * Reads a YAML file against a schema. A person wrote the file, so what is wrong comes back all at once, each problem
 * with line, field, what was expected and what stands there.
 */
import { closest, distance } from 'fastest-levenshtein';
import { isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { type ConfigProblem, configError } from './config-error.js';
import { aliasProblems } from './yaml-aliases.js';

type Path = readonly (string | number)[];
type Document = ReturnType<typeof parseDocument>;

/** More text of the file than this is not repeated in an error. */
const MAX_QUOTED = 60;
/** Of a field's name: one deep within others keeps its beginning and its end. */
const MAX_FIELD = 100;
const TOO_DEEP = 'lists and fields stand too deep within one another to be read';

/**
 * The checked content of a YAML text. Throws `config` with every problem; `file` is what the error calls the text,
 * `manual` where its fields are explained, and `complete` adds what the file leaves to another one.
 */
export function parseYamlConfig<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  manual: string,
  complete: (content: unknown) => unknown = (content) => content,
): T {
  try {
    return parseDocumentAs(text, file, schema, manual, complete);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw configError(file, [{ line: 1, column: 1, field: '', summary: TOO_DEEP }], manual);
  }
}

function parseDocumentAs<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  manual: string,
  complete: (content: unknown) => unknown,
): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = [...document.errors, ...document.warnings].map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
    field: '',
    summary: unreadable(error.message),
  }));
  // What comes after it is only said because the reading ended there.
  const [tooDeep] = broken.filter(({ summary }) => summary === TOO_DEEP);
  if (tooDeep) throw configError(file, [tooDeep], manual);
  if (broken.length > 0) throw configError(file, broken, manual);
  const endless = aliasProblems(document).map(({ alias, path, summary }) => ({
    ...place(alias.range?.[0] ?? 0, lines),
    field: fieldName(path),
    summary,
  }));
  if (endless.length > 0) throw configError(file, endless, manual);
  const result = schema.safeParse(complete(document.toJS({ maxAliasCount: -1 })));
  if (result.success) return result.data;
  const context = { document, lines, text, schema };
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, context));
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  throw configError(file, problems, manual);
}

/** Where a field stands in a file's text, or the nearest thing around it: `FILE:LINE:COLUMN`. */
export function placeOf(text: string, file: string, path: Path): string {
  const lines = new LineCounter();
  const { line, column } = position(path, { document: parseDocument(text, { lineCounter: lines }), lines });
  return `${file}:${line}:${column}`;
}

function unreadable(message: string): string {
  if (message.includes('call stack')) return TOO_DEEP;
  return `not readable as YAML: ${message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`;
}

interface Context {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly text: string;
  readonly schema: z.ZodType;
}

function describeIssue(issue: z.core.$ZodIssue, context: Context): ConfigProblem[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...path, key], context));
  const node = context.document.getIn(path, true);
  const isMissing = node === undefined;
  const at = { ...position(isMissing ? path.slice(0, -1) : path, context), field: fieldName(path) };
  if (issue.code === 'custom') return [{ ...at, summary: issue.message, ...quoted(node, context) }];
  if (isMissing) return [{ ...at, summary: 'this field is missing', expected: expectation(issue) }];
  return [{ ...at, summary: 'this value does not fit', expected: expectation(issue, node), ...quoted(node, context) }];
}

function unknownField(path: Path, context: Context): ConfigProblem {
  const known = knownFields(context.schema, path.slice(0, -1));
  const name = String(path.at(-1));
  const similar = didYouMean(name, known);
  return {
    ...keyPosition(path, context),
    field: fieldName(path),
    summary: 'there is no such field',
    expected: `one of ${known.join(', ')}`,
    got: name,
    ...(similar === undefined ? {} : { hint: `did you mean ${similar}?` }),
  };
}

/** The candidate that was probably meant; undefined where none is near. */
export function didYouMean(given: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(given.toLowerCase(), [...candidates]);
  const tolerance = best.length < 4 ? 1 : Math.max(2, Math.floor(best.length / 3));
  return distance(given.toLowerCase(), best.toLowerCase()) <= tolerance ? best : undefined;
}

/** The fields that the schema has at a path. */
function knownFields(schema: z.ZodType, path: Path): string[] {
  let at: unknown = schema;
  for (const part of path) {
    const inner = unwrap(at);
    if (inner instanceof z.ZodObject) at = inner.shape[part as string];
    else if (inner instanceof z.ZodArray) at = inner.element;
    else return [];
  }
  const inner = unwrap(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodNullable) return unwrap(schema.def.innerType);
  return schema;
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'fields with values',
  record: 'fields with values',
};

function expectation(issue: z.core.$ZodIssue, node?: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // YAML's .nan and .inf, and 1e400, are numbers too.
      return isScalar(node) && typeof node.value === 'number' && issue.expected === 'number'
        ? 'a finite number'
        : (TYPES[issue.expected] ?? issue.expected);
    case 'invalid_value':
      return `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
    default:
      return issue.message;
  }
}

function unit(origin: string, count: number | bigint): string {
  const noun = { string: 'character', array: 'entry' }[origin];
  if (noun === undefined) return '';
  return ` ${count === 1 ? noun : { character: 'characters', entry: 'entries' }[noun]}`;
}

/** The line and column of the value at a path, or of the nearest thing around it that stands in the file. */
function position(
  path: Path,
  { document, lines }: Pick<Context, 'document' | 'lines'>,
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return place(node.range[0], lines);
  }
  return { line: 1, column: 1 };
}

function keyPosition(path: Path, context: Context): { line: number; column: number } {
  const parent: unknown =
    path.length === 1 ? context.document.contents : context.document.getIn(path.slice(0, -1), true);
  const items: unknown[] = parent && typeof parent === 'object' && 'items' in parent ? (parent.items as unknown[]) : [];
  const pair = items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === path.at(-1));
  const key = isPair(pair) && isScalar(pair.key) ? pair.key.range : undefined;
  return key ? place(key[0], context.lines) : position(path.slice(0, -1), context);
}

function place(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The value as it stands in the file, shortened. */
function quoted(node: unknown, { text }: Context): { got?: string } {
  if (!isNode(node) || !(node as Node).range) return {};
  const [start, end] = (node as Node).range as [number, number, number];
  const source = text.slice(start, end).trim();
  const line = source.split('\n', 1)[0] ?? '';
  const isWhole = line.length === source.length && line.length <= MAX_QUOTED;
  return { got: isWhole ? line || 'nothing' : `${line.slice(0, MAX_QUOTED)} …` };
}

function fieldName(path: Path): string {
  const name = path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
  return name.length <= MAX_FIELD ? name : `${name.slice(0, MAX_FIELD / 2)} … ${name.slice(-MAX_FIELD / 2)}`;
}
