/**
 * JSON as models write it: also with single quotes, bare words, comments, commas too many or missing, keys that come
 * twice, or cut off in the middle. `JSON.parse` would refuse most of it, and of a key that comes twice it silently
 * keeps the last.
 */

export type Loose = string | number | boolean | null | LooseList | LooseObject | Cut;

/** A string or word that was cut off by the end of the text: what it was going to say is not known. */
export class Cut {
  constructor(readonly begun: string) {}
}

export class LooseList {
  constructor(readonly items: readonly Loose[]) {}
}

export class LooseObject {
  /** All of them, in order, with those whose key came before. */
  constructor(readonly entries: readonly (readonly [key: string, value: Loose])[]) {}
}

export interface LooseRead {
  /** Undefined where there is no JSON. */
  readonly value: Loose | undefined;
  /** Behind the value, or where reading stopped. */
  readonly end: number;
  /** That something began as JSON with a key and a value, and then was none. */
  readonly isBroken: boolean;
}

const MAX_DEPTH = 40;
const NUMBER = /-?\d{1,16}(?:\.\d{1,16})?(?:[eE][+-]?\d{1,3})?(?![\p{L}\p{N}_.])/uy;
const BARE = /[^\s,:{}[\]"'()=][^,:{}[\]"\n()=]{0,200}/uy;
const BLANK = /(?:\s|\/\/[^\n]*)*/uy;
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
]);

/** Reads an object or a list that begins at `from`; in one pass, whatever the text. Never throws. */
export function readLoose(text: string, from: number): LooseRead {
  const reader = new Reader(text, from);
  const value = reader.value(0);
  return { value, end: reader.at, isBroken: value === undefined && reader.hasKey };
}

class Reader {
  /** That a key with its colon was read. */
  hasKey = false;

  constructor(
    readonly text: string,
    public at: number,
  ) {}

  value(depth: number): Loose | undefined {
    this.#skip();
    const sign = this.text[this.at];
    if (sign === undefined) return new Cut('');
    if (depth > MAX_DEPTH) return undefined;
    if (sign === '{') return this.#object(depth);
    if (sign === '[') return this.#list(depth);
    if (sign === '"' || sign === "'") return this.#string(sign);
    return this.#bare();
  }

  #object(depth: number): LooseObject | undefined {
    const entries: [string, Loose][] = [];
    for (this.at++; ; ) {
      this.#skip(',');
      if (this.#takes('}') || this.at >= this.text.length) return new LooseObject(entries);
      const key = this.#key();
      if (key instanceof Cut) return entries.length > 0 ? new LooseObject(entries) : undefined;
      if (key === undefined || !this.#takes(':')) return undefined;
      this.hasKey = true;
      const value = this.#misses() ? null : this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push([key, value]);
    }
  }

  #list(depth: number): LooseList | undefined {
    const items: Loose[] = [];
    for (this.at++; ; ) {
      this.#skip(',');
      if (this.#takes(']') || this.at >= this.text.length) return new LooseList(items);
      const isWord = /[^\s"'{[\d-]/u.test(this.text[this.at] ?? '');
      const value = this.value(depth + 1);
      // Bare words in brackets are prose: `[see above]`.
      if (value === undefined || (isWord && typeof value === 'string')) return undefined;
      items.push(value);
    }
  }

  #key(): string | Cut | undefined {
    const sign = this.text[this.at];
    const key = sign === '"' || sign === "'" ? this.#string(sign) : this.#word();
    this.#skip();
    return this.at >= this.text.length ? new Cut('') : key;
  }

  #bare(): Loose | undefined {
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text);
    if (number) {
      this.at += number[0].length;
      return Number(number[0]);
    }
    const word = this.#word();
    if (word === undefined) return undefined;
    if (this.at >= this.text.length) return new Cut(word);
    const literal = LITERALS.get(word.toLowerCase());
    return literal === undefined ? word : literal;
  }

  #word(): string | undefined {
    BARE.lastIndex = this.at;
    const word = BARE.exec(this.text)?.[0];
    if (word === undefined) return undefined;
    this.at += word.length;
    return word.trim();
  }

  /** A string from its quote on; one in single quotes ends where JSON goes on, so that it may hold an apostrophe. */
  #string(quote: string): string | Cut {
    let value = '';
    for (let i = this.at + 1; i < this.text.length; i++) {
      const sign = this.text[i] ?? '';
      if (sign === '\\') {
        const [read, length] = escaped(this.text, i);
        value += read;
        i += length - 1;
      } else if (sign === quote && (quote === '"' || this.#endsValue(i + 1))) {
        this.at = i + 1;
        return value;
      } else value += sign;
    }
    this.at = this.text.length;
    return new Cut(value);
  }

  #endsValue(at: number): boolean {
    let i = at;
    while (/\s/u.test(this.text[i] ?? '')) i++;
    return i >= this.text.length || ',:}]'.includes(this.text[i] ?? '');
  }

  #skip(also = ''): void {
    for (;;) {
      BLANK.lastIndex = this.at;
      this.at += BLANK.exec(this.text)?.[0].length ?? 0;
      if (also === '' || this.text[this.at] !== also) return;
      this.at++;
    }
  }

  /** Whether a key's value was left out. */
  #misses(): boolean {
    this.#skip();
    return this.text[this.at] === ',' || this.text[this.at] === '}';
  }

  #takes(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** What an escape stands for, and how many signs it takes. */
function escaped(text: string, at: number): [string, number] {
  const sign = text[at + 1] ?? '';
  const code = sign === 'u' ? /^[0-9a-f]{4}/iu.exec(text.slice(at + 2, at + 6))?.[0] : undefined;
  if (code !== undefined) return [String.fromCharCode(Number.parseInt(code, 16)), 6];
  return [ESCAPES[sign] ?? sign, 2];
}
