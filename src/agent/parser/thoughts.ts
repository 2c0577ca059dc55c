/** Takes away what a model only thought, and what it wrote in somebody else's name, before anything is read. */
import { type Mark, marksIn } from './marks.js';

/** A part of an answer that is not read, and why. */
export interface Cut {
  readonly why: string;
  readonly text: string;
}

export interface Thoughtless {
  /** What is left; empty where a thought was never finished, because then nothing was answered. */
  readonly text: string;
  readonly cuts: readonly Cut[];
}

/** Special tokens that a decoder left in the text. */
const TOKENS =
  /<\/?s>|<[|｜][^|｜<>\n]{0,60}[|｜]?>|<[^|｜<>\n]{1,60}[|｜]>|<(?:eos|bos|pad|unk|end_of_turn|start_of_turn|end_of_utterance|unused\d+)>|\[\/?(?:INST|TOOL_CALLS|ARGS|BOS|EOS)\]/giu;
/** GLM's way to mark an answer. */
const BOX = /<[|｜]begin_of_box[|｜]>([^<]{0,400})<[|｜]end_of_box[|｜]>/giu;
/** Gemma's way to quote. */
const QUOTE_TOKEN = /<[|｜]"[|｜]>/gu;

/** Takes the thoughts off a whole answer, of any length, in one pass. Never throws. */
export function withoutThoughts(raw: string): Thoughtless {
  const reader = new Reader(raw);
  for (const mark of marksIn(raw)) reader.take(mark);
  const { text, cuts } = reader.end();
  return { text: text.replace(BOX, '<answer>$1</answer>').replace(QUOTE_TOKEN, '"').replace(TOKENS, ' '), cuts };
}

/** Walks through the marks of a text and keeps what stands outside of thoughts. */
class Reader {
  readonly #raw: string;
  #kept: string[] = [];
  #cuts: Cut[] = [];
  /** Where what is being kept, or left out, began. */
  #at = 0;
  #inside: 'answer' | 'thought' | 'message' | 'others' = 'answer';

  constructor(raw: string) {
    this.#raw = raw;
  }

  take(mark: Mark): void {
    // A mark that overlaps one already taken: the word of a message's head.
    if (mark.from < this.#at) return;
    switch (mark.kind) {
      case 'open':
        // A thought that speaks of its own marks opens no second one.
        if (this.#inside === 'thought' || this.#inside === 'message') return;
        this.#leave(mark.from);
        this.#enter(mark, mark.isMessage ? 'message' : 'thought');
        return;
      case 'close':
        if (this.#inside === 'answer') this.#allWas('thought before its closing mark', mark);
        else this.#leave(mark.to);
        this.#at = mark.to;
        this.#inside = 'answer';
        return;
      case 'answer':
        this.#allWas('before the mark where the answer begins', mark);
        this.#at = mark.to;
        this.#inside = 'answer';
        return;
      case 'others':
      case 'own':
      case 'end':
        // A message's end is no end of a thought that a tag of its own has to close.
        if (this.#inside === 'thought') return;
        this.#leave(mark.from);
        this.#enter(mark, mark.kind === 'others' ? 'others' : 'answer');
    }
  }

  end(): Thoughtless {
    const isUnfinished = this.#inside === 'thought' || this.#inside === 'message';
    if (isUnfinished) return { text: '', cuts: [{ why: 'a thought that was never finished', text: this.#raw }] };
    this.#leave(this.#raw.length);
    return { text: this.#kept.join('\n'), cuts: this.#cuts };
  }

  #enter(mark: Mark, inside: 'answer' | 'thought' | 'message' | 'others'): void {
    this.#at = inside === 'answer' ? mark.to : mark.from;
    this.#inside = inside;
  }

  /** Keeps or cuts what was walked through, up to `to`. */
  #leave(to: number): void {
    const text = this.#raw.slice(this.#at, to);
    if (this.#inside === 'answer') this.#kept.push(text);
    else this.#cuts.push({ why: this.#inside === 'others' ? 'the turn of somebody else' : 'a thought', text });
  }

  #allWas(why: string, mark: Mark): void {
    this.#kept = [];
    this.#cuts = [{ why, text: this.#raw.slice(0, mark.to) }];
  }
}
