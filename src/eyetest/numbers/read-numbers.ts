/** Reads numbers out of an answer. Which numbers are meant is never guessed: a doubt is no answer. */
import { withoutThoughts } from '../../agent/parser/thoughts.js';
import type { Unusable } from '../answer-line.js';

export interface Wanted {
  readonly count: number;
  /** Numbers that are one thing: three of a color, two of a place; `count` is so many times a whole number. */
  readonly together: number;
  readonly most: number;
}

export type ReadNumbers = { readonly numbers: number[] } | { readonly unusable: Unusable };

/** A number by itself, not the end of a word such as `x2`; a minus belongs to it where nothing stands before it. */
const NUMBER = /(?<![\p{L}\d_#.])(?:(?<=^|[\s(,[=:])-)?\d+(?:\.\d+)?/gu;
/** Numbers of a color. */
const CHANNELS = 3;
const IN_BRACKETS = /[[({]([^[\](){}]*)[\])}]/g;

/**
 * In this order: all numbers of the text, if they are as many as were asked for; the last line's; those of all brackets
 * and those of all lines that hold as many numbers as are one thing, if these are as many as were asked for. Numbers of
 * colors have to be whole.
 */
export function readNumbers(raw: string, { count, together, most }: Wanted): ReadNumbers {
  const { text } = withoutThoughts(raw);
  if (/^[\s\p{C}]*$/u.test(text)) return { unusable: 'empty' };
  const all = numbersIn(text);
  if (all.length === 0) return { unusable: 'no-match' };
  const lines = text.split('\n').map(numbersIn);
  const last = lines.findLast((line) => line.length > 0) ?? [];
  const brackets = [...text.matchAll(IN_BRACKETS)].map(([, inside]) => numbersIn(inside as string));
  const things = [brackets, lines].map((groups) => groups.filter(({ length }) => length === together).flat());
  const numbers = [all, last, ...things].find(({ length }) => length === count);
  if (!numbers) return { unusable: 'ambiguous' };
  const isInRange = numbers.every((value) => value >= 0 && value <= most);
  const isWhole = together !== CHANNELS || numbers.every(Number.isInteger);
  return isInRange && isWhole ? { numbers } : { unusable: 'illegal' };
}

const numbersIn = (text: string): number[] => [...text.matchAll(NUMBER)].map(([number]) => Number(number));
