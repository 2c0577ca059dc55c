/**
 * A chat template that cannot take the program with it. Templates come with checkpoints from anywhere and are programs:
 * one with `range(10**9)` or with lists that double would take all memory. So each value that one computes is weighed,
 * and the sum has a limit, as the time has.
 */
import { Environment, Interpreter, parse, Template, tokenize } from '@huggingface/jinja';
import { withinTime } from '../../core/time-limit.js';

/** Characters of a template; the longest published ones have some tens of thousands. */
const MAX_LENGTH = 1_000_000;
/** Of all values that are computed in one rendering: each entry counts as 1, and so do 16 characters. */
const MAX_WORK = 5_000_000;
const CHARACTERS = 16;
/** Entries of a `range`. */
const MAX_RANGE = 100_000;
const MAX_MILLISECONDS = 5000;

/** A value of the template, which holds its content. */
interface Value {
  readonly value: unknown;
}

/** The library's interpreter as far as it is used here; its own type files do not resolve. */
const Base = Interpreter as new (
  environment: unknown,
) => {
  run(program: unknown): Value;
  /** @param statement undefined where the template leaves one out, as in `messages[::-1]`. */
  evaluate(statement: Statement | undefined, environment: unknown): Value;
  evaluateFor(loop: Loop, environment: unknown): Value;
  evaluateBlock(statements: readonly Statement[], environment: unknown): Value;
};

interface Statement {
  readonly type: string;
}

interface Loop extends Statement {
  readonly body: readonly Statement[];
}

/** Thrown by `{% continue %}` and `{% break %}` up to the body of their loop. */
class LeaveTurn extends Error {
  /** What was written of the turn so far. */
  written = '';

  constructor(readonly isBreak: boolean) {
    super('{% continue %} and {% break %} stand in a loop');
  }
}

/** A parsed template. */
export class LimitedTemplate {
  readonly #program: unknown;

  /** Throws an `Error` where the text does not parse, or is too long. */
  constructor(text: string) {
    if (text.length > MAX_LENGTH) throw new Error(`${text.length} characters; at most ${MAX_LENGTH} are read`);
    // transformers sets these options too.
    const options = { lstrip_blocks: true, trim_blocks: true };
    this.#program = withinTime(MAX_MILLISECONDS, () => parse(tokenize(text, options)));
  }

  /** Throws an `Error` where the template raises one or reaches a limit, which the message names. */
  render(variables: Readonly<Record<string, unknown>>): string {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...GLOBALS, ...variables })) environment.set(name, value);
    const interpreter = new LimitedInterpreter(environment);
    return withinTime(MAX_MILLISECONDS, () => String(interpreter.run(this.#program).value));
  }
}

const GLOBALS = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  raise_exception: (message: string): never => {
    throw new Error(message);
  },
  range,
  // The library keeps its own to itself.
  strftime_now: (format: string): string => new Template('{{ strftime_now(format) }}').render({ format }),
};

/** As Python's. */
function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= MAX_RANGE)) throw new Error(`range() with ${length} entries; at most ${MAX_RANGE} are made`);
  return Array.from({ length }, (_, i) => start + i * step);
}

/**
 * Weighs every value that it computes. And it keeps what a turn of a loop wrote before it was left, as Jinja does; the
 * library drops it.
 */
class LimitedInterpreter extends Base {
  #left = MAX_WORK;
  readonly #loops: { readonly body: readonly Statement[]; isOver: boolean }[] = [];

  override evaluateFor(loop: Loop, environment: unknown): Value {
    this.#loops.push({ body: loop.body, isOver: false });
    try {
      return super.evaluateFor(loop, environment);
    } finally {
      this.#loops.pop();
    }
  }

  override evaluateBlock(statements: readonly Statement[], environment: unknown): Value {
    const loop = this.#loops.at(-1);
    const isTurn = loop?.body === statements;
    let written = '';
    try {
      if (isTurn && loop.isOver) return this.#textOf('', environment);
      for (const one of statements) written += String(super.evaluateBlock([one], environment).value);
    } catch (left) {
      if (!(left instanceof LeaveTurn)) throw left;
      left.written = written + left.written;
      if (!isTurn) throw left;
      loop.isOver = left.isBreak;
      written = left.written;
    }
    return this.#textOf(written, environment);
  }

  #textOf(value: string, environment: unknown): Value {
    return super.evaluate({ type: 'StringLiteral', value } as Statement, environment);
  }

  override evaluate(statement: Statement | undefined, environment: unknown): Value {
    const type = statement?.type;
    if (type === 'Break' || type === 'Continue') throw new LeaveTurn(type === 'Break');
    const value = super.evaluate(statement, environment);
    this.#left -= weigh(value, this.#left);
    if (this.#left < 0) throw new Error(`it computes too much: values of more than ${MAX_WORK} entries`);
    return value;
  }
}

/** The weight of a value with all that is in it; counting ends where it is beyond `limit`. */
function weigh(value: Value, limit: number): number {
  const open: Value[] = [value];
  let weight = 0;
  for (let next = open.pop(); next && weight <= limit; next = open.pop()) {
    weight++;
    const { value: content } = next;
    if (typeof content === 'string') weight += Math.floor(content.length / CHARACTERS);
    else if (Array.isArray(content)) pushAll(content);
    else if (content instanceof Map) pushAll([...content.values()]);
  }
  return weight;

  function pushAll(entries: readonly Value[]): void {
    if (weight + open.length + entries.length > limit) weight = limit + 1;
    else for (const entry of entries) open.push(entry);
  }
}
