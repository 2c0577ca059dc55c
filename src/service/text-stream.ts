/** Free text as it is written, in pieces that will not be taken back. */
import type { Tokenizer } from '../model/text/index.js';

/** What a decoder gives for a character of which bytes are still to come. */
const UNFINISHED = /\ufffd+$/;

export class TextStream {
  readonly #tokens: number[] = [];
  #sent = 0;

  /** @param stop texts that end the answer and are cut off it. */
  constructor(
    private readonly tokenizer: Pick<Tokenizer, 'decode'>,
    private readonly stop: readonly string[],
  ) {}

  /** The text that is new with this token; empty while it may still turn out to be (part of) a stop. */
  add(token: number): string {
    this.#tokens.push(token);
    const text = this.tokenizer.decode(this.#tokens).replace(UNFINISHED, '');
    const ends = this.stop.map((stop) => firstTouch(text, stop));
    return this.#send(text.slice(0, Math.min(text.length, ...ends)));
  }

  /** What is left of the whole answer. */
  end(text: string): string {
    return this.#send(text);
  }

  #send(text: string): string {
    const piece = text.slice(this.#sent);
    this.#sent = Math.max(this.#sent, text.length);
    return piece;
  }
}

/** Where `stop` stands in the text, or where the text ends in the beginning of it; the text's length otherwise. */
function firstTouch(text: string, stop: string): number {
  const whole = text.indexOf(stop);
  if (whole >= 0) return whole;
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return text.length - length;
  }
  return text.length;
}
