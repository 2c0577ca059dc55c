/** The clauses of a text: punctuation and some words part what is said of one thing from what is said of another. */
import type { Word } from './words.js';

const CLAUSE_END = /[.!?\n,;:()"—–]/;
const CLAUSE_WORDS = new Set('but so because since therefore thus hence then while although though however'.split(' '));

/** Whether a clause begins with this word, or the text is over. */
export function beginsClause(word: Word | undefined): boolean {
  return word === undefined || CLAUSE_END.test(word.gap) || CLAUSE_WORDS.has(word.text);
}

/** Whether the word is one that joins clauses and says nothing itself. */
export function isClauseWord(word: Word | undefined): boolean {
  return word !== undefined && CLAUSE_WORDS.has(word.text);
}

/** Index of the first word of the clause that the word at `at` belongs to. */
export function startOfClause(words: readonly Word[], at: number): number {
  let first = at;
  while (first > 0 && !beginsClause(words[first])) first--;
  return first;
}
