/**
 * A text as words in clauses and sentences: punctuation and some words part what is said of one thing from what is said
 * of another.
 */
import { splitWords, type Word } from './words.js';

const CLAUSE_END = /[.!?\n,;:()"—–]/;
const SENTENCE_END = /[.!?\n]/;
const CLAUSE_WORDS = new Set('but so because since therefore thus hence then while although though however'.split(' '));

/**
 * What stands between an introduction and what it introduces: a colon, a quote, the bracket of a call; or a line that
 * is only broken.
 */
const INTRODUCING = /^[^.!?;)]*[:"'][^.!?;)]*$|^\($/;
const BROKEN_LINE = /^[^.!?;)\n]*\n[^.!?;)\n]*$/;
/** A closing quote alone ends no clause: `"left" is an example`. */
const QUOTE_END = /^["”»]\s+$/u;
const MAX_INTRODUCTIONS = 4;

/** A run of words: the first, and the one behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A folded text, divided once and in one pass, so that a question about a word costs no walk through the text. */
export class Passage {
  readonly words: readonly Word[];
  readonly #clauses: Span[] = [];
  readonly #sentences: Span[] = [];
  /** By word: its clause and sentence. */
  readonly #clauseOf: number[] = [];
  readonly #sentenceOf: number[] = [];

  constructor(readonly folded: string) {
    this.words = splitWords(folded);
    const begins = (i: number) => beginsClause(this.words[i]);
    divide(this.words.length, begins, this.#clauses, this.#clauseOf);
    const ends = (i: number) => SENTENCE_END.test(this.words[i]?.gap ?? '');
    divide(this.words.length, ends, this.#sentences, this.#sentenceOf);
  }

  clauseAt(word: number): Span {
    return this.#clauses[this.#clauseOf[word] ?? -1] ?? { from: word, to: word + 1 };
  }

  sentenceAt(word: number): Span {
    return this.#sentences[this.#sentenceOf[word] ?? -1] ?? { from: word, to: word + 1 };
  }

  /**
   * The clause, with what leads up to it: by a colon or an opening quote, or by a line that ends no sentence, as in
   * `Never do this:⏎turn left`; and where it is quoted, with what is said of it.
   */
  introducedClauseAt(word: number): Span {
    const clause = this.clauseAt(word);
    let { from } = clause;
    for (let i = 0; i < MAX_INTRODUCTIONS && from > 0; i++) {
      const gap = this.words[from]?.gap ?? '';
      if (!INTRODUCING.test(gap) && !(i === 0 && BROKEN_LINE.test(gap))) break;
      from = this.clauseAt(from - 1).from;
    }
    const isQuoteEnd = QUOTE_END.test(this.words[clause.to]?.gap ?? '');
    return { from, to: isQuoteEnd ? this.clauseAt(clause.to).to : clause.to };
  }

  /** The signs around a run of words, in its line. */
  signsAround({ from, to }: Span): string {
    const before = this.words[from]?.gap.split('\n').at(-1) ?? '';
    const after = this.words[to]?.gap ?? this.folded.slice(this.words.at(-1)?.end);
    const first = this.folded[this.words[from]?.start ?? 0] ?? '';
    return `${before}${first} ${after.split('\n', 1)[0]}`;
  }

  /** Whether the sentence of a word ends with a question mark. */
  isAsked(word: number): boolean {
    const end = this.sentenceAt(word).to;
    const gap = this.words[end]?.gap ?? this.folded.slice(this.words.at(-1)?.end);
    return gap.split('\n', 1)[0]?.includes('?') ?? false;
  }

  /** The first word that begins at an offset of the text or behind it; the number of words where there is none. */
  wordAt(offset: number): number {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.words[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function divide(count: number, begins: (i: number) => boolean, spans: Span[], spanOf: number[]): void {
  let from = 0;
  for (let i = 0; i < count; i++) {
    spanOf.push(spans.length);
    if (i + 1 < count && !begins(i + 1)) continue;
    spans.push({ from, to: i + 1 });
    from = i + 1;
  }
}

/** Whether a clause begins with this word, or the text is over. */
export function beginsClause(word: Word | undefined): boolean {
  return word === undefined || CLAUSE_END.test(word.gap) || CLAUSE_WORDS.has(word.text);
}

/** Whether the word is one that joins clauses and says nothing itself. */
export function isClauseWord(word: Word | undefined): boolean {
  return word !== undefined && CLAUSE_WORDS.has(word.text);
}
