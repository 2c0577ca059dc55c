/**
 * The form in which an answer is asked for: free text, one of a list, or whole numbers and then one of a list. All but
 * free text is answered by scoring, so it is always in form.
 */
import type { AnswerForm } from '../players/vision-language/sighted-template.js';
import { type ChatRequest, MAX_CHOICES } from './request.js';
import { badRequest } from './service-error.js';

export type Form =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'scored';
      /** Equal for equal forms: what is asked in one form can be asked of the model at once. */
      readonly key: string;
      /** Whole numbers that are written first, by name, and the texts that one is chosen from. */
      readonly parts: AnswerForm;
      /** The answer as the client wants it. */
      readonly write: (numbers: readonly number[], choice: string) => string;
    };

type Scored = Extract<Form, { kind: 'scored' }>;

const FREE: Form = { kind: 'free' };
/** Forms that are kept: what a tokenizer makes of one is worked out once. */
const KEPT = 32;
/** Characters of one, as JSON: more choices than these fit no model's context. */
const LONGEST_FORM = 1_000_000;
const MAX_NUMBERS = 64;
/** Keywords that say nothing about which values are right. */
const NOTES = ['title', 'description', 'default', 'examples', '$schema', '$id', '$comment'];

const WHAT_CAN_BE_ASKED =
  'answered here are: an object whose properties are integers followed by one string with an enum, ' +
  'all of them required; a string with an enum; structured_outputs {"choice": […]}; and text without a schema';

/** Reads forms out of requests. Equal forms are one object. */
export class FormReader {
  readonly #kept = new Map<string, Scored>();

  /** Throws a `ServiceError` of status 400 for a schema that cannot be answered, with those that can. */
  formOf({ response_format, structured_outputs, guided_choice }: ChatRequest): Form {
    const choices = structured_outputs?.choice ?? guided_choice;
    const schema = response_format?.type === 'json_schema' ? response_format.json_schema.schema : undefined;
    if (choices && schema) throw badRequest('a schema and a list of choices exclude each other', 'response_format');
    if (choices) return this.#keep(`choice ${written(choices)}`, () => listForm(choices, (text) => text));
    if (schema) return this.#keep(`schema ${written(schema)}`, () => schemaForm(schema));
    return FREE;
  }

  #keep(key: string, make: () => Omit<Scored, 'key'>): Scored {
    const form = this.#kept.get(key) ?? { ...make(), key };
    this.#kept.delete(key);
    this.#kept.set(key, form);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > KEPT) this.#kept.delete(oldest);
    return form;
  }
}

/** Throws a `ServiceError` of status 400 for a form that is too large, or nested too deeply to be written. */
function written(form: object): string {
  let json = '';
  try {
    json = JSON.stringify(form);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest('the schema is nested too deeply', 'response_format', 'schema');
  }
  if (json.length <= LONGEST_FORM) return json;
  throw badRequest(`the form of the answer has more than ${LONGEST_FORM} characters`, 'response_format', 'schema');
}

type Schema = Readonly<Record<string, unknown>>;

function listForm(choices: readonly string[], write: (text: string) => string): Omit<Scored, 'key'> {
  if (new Set(choices).size < choices.length) throw badRequest('a choice stands twice in the list', 'response_format');
  const actions = choices.map((name) => ({ name }));
  return { kind: 'scored', parts: { sights: [], actions }, write: (_, choice) => write(choice) };
}

function schemaForm(schema: Schema): Omit<Scored, 'key'> {
  if (schema.type === 'string') return listForm(enumOf(schema, 'the schema'), (text) => JSON.stringify(text));
  const properties = Object.entries(propertiesOf(schema));
  const numbers = properties.slice(0, -1);
  const [name, last] = properties.at(-1) ?? refuse('the object has no properties');
  for (const [key, value] of numbers) requireInteger(key, value);
  const list = listForm(enumOf(asSchema(last, name), name), (text) => text);
  if (numbers.length > MAX_NUMBERS) refuse(`the object has more than ${MAX_NUMBERS} integers`);
  const names = numbers.map(([key]) => key);
  return {
    kind: 'scored',
    parts: { sights: names.map((key) => ({ name: key })), actions: list.parts.actions },
    // By hand, in the schema's order: an object would put a name such as "1" first.
    write: (values, choice) => {
      const fields = [...names.map((key, i) => [key, values[i]]), [name, choice]];
      return `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
    },
  };
}

function propertiesOf(schema: Schema): Schema {
  if (schema.type !== 'object') refuse(`its type is ${JSON.stringify(schema.type) ?? 'missing'}`);
  requireOnly(schema, 'the schema', ['type', 'properties', 'required', 'additionalProperties']);
  const properties = asSchema(schema.properties, 'properties');
  const { required } = schema;
  const missing = Object.keys(properties).filter((key) => !Array.isArray(required) || !required.includes(key));
  if (missing.length > 0) refuse(`${JSON.stringify(missing[0])} is not among the required properties`);
  return properties;
}

/** Any number that the model writes must be right, so bounds within what it can write are refused. */
function requireInteger(key: string, value: unknown): void {
  const schema = asSchema(value, key);
  requireOnly(schema, key, ['type', 'minimum', 'maximum']);
  if (schema.type !== 'integer') refuse(`${JSON.stringify(key)} is no integer and stands before the last property`);
  const { minimum = 0, maximum = 255 } = schema;
  if (typeof minimum === 'number' && minimum <= 0 && typeof maximum === 'number' && maximum >= 255) return;
  refuse(`${JSON.stringify(key)} has bounds: models here write numbers from 0 to 255`);
}

function enumOf(schema: Schema, where: string): readonly string[] {
  requireOnly(schema, where, ['type', 'enum']);
  const values = schema.enum;
  const isList = Array.isArray(values) && values.every((value) => typeof value === 'string' && value !== '');
  if (!isList || schema.type !== 'string' || values.length === 0 || values.length > MAX_CHOICES) {
    refuse(`${where} is no string with an enum of 1 to ${MAX_CHOICES} texts`);
  }
  return values as string[];
}

function asSchema(value: unknown, where: string): Schema {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Schema;
  return refuse(`${where} is no schema`);
}

function requireOnly(schema: Schema, where: string, known: readonly string[]): void {
  const odd = Object.keys(schema).find((key) => !known.includes(key) && !NOTES.includes(key));
  if (odd !== undefined) refuse(`${where} has the keyword ${JSON.stringify(odd)}`);
}

function refuse(why: string): never {
  throw badRequest(`this schema cannot be answered: ${why}; ${WHAT_CAN_BE_ASKED}`, 'response_format', 'schema');
}
