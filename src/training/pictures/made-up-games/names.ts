/** Names for the actions of made-up games: words that mean something elsewhere, and words that mean nothing. */
import type { Random } from '../../../core/random.js';
import type { Split } from '../image-source.js';

/**
 * Words of real games and of pictures; in a made-up game they mean whatever it says, so that knowing them does not
 * help.
 */
const KNOWN = [
  ...[
    'left',
    'right',
    'up',
    'down',
    'fire',
    'jump',
    'wait',
    'gas',
    'brake',
    'noop',
    'turn',
    'stop',
    'go',
    'open',
    'close',
  ],
  ...['red', 'blue', 'circle', 'star', 'yes', 'no', 'one', 'two'],
] as const;

const CONSONANTS = [...'bdfgklmnprstvz'];
const VOWELS = [...'aeiou'];
const SYLLABLES = CONSONANTS.flatMap((consonant) => VOWELS.map((vowel) => consonant + vowel));
/** One in so many invented words is kept for held-out games. */
const HELD_OUT = 4;

/** Whether training never uses an invented word. */
export function isHeldOutName(name: string): boolean {
  const [first, second] = [name.slice(0, 2), name.slice(2, 4)].map((part) => SYLLABLES.indexOf(part)) as [
    number,
    number,
  ];
  return name.length === 4 && first >= 0 && second >= 0 && (first * 31 + second) % HELD_OUT === 0;
}

/**
 * Different names, in random order; those of validation and test are words that training has not seen, or known ones.
 */
export function drawNames(count: number, split: Split, random: Random): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(random.next() < 0.5 ? random.pick(KNOWN) : invented(split, random));
  return [...names];
}

/** Endings of longer names, so that they are cut into pieces of all kinds, as words of another language are. */
const ENDINGS = ['', 'n', 's', 'r', 'cht', 'x', 'nd', 'ck', 'que', 'th'] as const;

/**
 * As `drawNames`, and half of them are longer: an invented name of the same split, none to two more syllables, and an
 * ending.
 */
export function drawLongNames(count: number, split: Split, random: Random): string[] {
  const names = new Set<string>();
  while (names.size < count) {
    const [name] = drawNames(1, split, random) as [string];
    const more = Array.from({ length: random.integer(3) }, () => random.pick(SYLLABLES)).join('');
    const isLong = random.next() < 0.5;
    names.add(isLong ? `${invented(split, random)}${more}${random.pick(ENDINGS)}` : name);
  }
  return [...names];
}

function invented(split: Split, random: Random): string {
  for (;;) {
    const name = random.pick(SYLLABLES) + random.pick(SYLLABLES);
    if (isHeldOutName(name) === (split !== 'train')) return name;
  }
}
