/** The names of a game's actions, made ready to be found in text. */
import type { GameAction } from '../game/game.js';
import { nameKey, nameWords, type Word } from './words.js';

/** The part of an action that answers name it by. */
export type NamedAction = Pick<GameAction, 'name' | 'aliases'>;

/** A place where a text speaks of an action. */
export interface Mention {
  readonly action: number;
  /** Indexes of its first word, and of the first word after it. */
  readonly from: number;
  readonly to: number;
}

interface Entry {
  readonly words: readonly string[];
  readonly action: number;
}

/** Joins the words of one name: `left fire`, `left+fire`, `left_fire`; not `left, fire`, `left/fire` or a new line. */
const JOINT = /^[ \t]*[+\-‐_&]?[ \t]*$/;
const JOINING_WORDS = new Set(['and', 'plus']);
const PRONOUN_FOLLOWERS = new Set(['of', 'to', 'yet', 'else']);

export class ActionLexicon {
  readonly #byKey = new Map<string, number>();
  /** By first word, longest name first. */
  readonly #byFirstWord = new Map<string, Entry[]>();

  /** Whether actions are called by numbers, such as the choices of a question how many there are. */
  readonly hasNumbers: boolean;

  constructor(readonly actions: readonly NamedAction[]) {
    this.hasNumbers = actions.some(({ name }) => /^\d+$/.test(name));
    actions.forEach((action, index) => {
      for (const name of [action.name, ...action.aliases]) this.#add(nameWords(name), index);
    });
    for (const entries of this.#byFirstWord.values()) entries.sort((a, b) => b.words.length - a.words.length);
  }

  get size(): number {
    return this.actions.length;
  }

  /** The name of an action, as the game writes it. */
  nameOf(action: number): string {
    return this.actions[action]?.name ?? `action ${action}`;
  }

  /** The action whose name or alias this is, whatever its case and punctuation; undefined where it is none. */
  find(name: string): number | undefined {
    return this.#byKey.get(nameKey(name));
  }

  /** The mentions in a row of words, in order, without overlaps, the longest name first at each place. */
  mentions(words: readonly Word[]): Mention[] {
    const found: Mention[] = [];
    for (let from = 0; from < words.length; ) {
      const mention = this.#mentionAt(words, from);
      if (mention) found.push(mention);
      from = mention?.to ?? from + 1;
    }
    return found;
  }

  #mentionAt(words: readonly Word[], from: number): Mention | undefined {
    for (const entry of this.#byFirstWord.get(words[from]?.text ?? '') ?? []) {
      const to = endOf(entry.words, words, from);
      if (to !== undefined && !isRightNow(entry.words, words[to]) && !isPronoun(entry.words, words[to]))
        return { action: entry.action, from, to };
    }
    return undefined;
  }

  #add(words: readonly string[], action: number): void {
    const [first] = words;
    if (first === undefined) return;
    const glued = words.join('');
    this.#byKey.set(glued, action);
    this.#file(first, { words, action });
    if (words.length > 1) this.#file(glued, { words: [glued], action });
  }

  #file(first: string, entry: Entry): void {
    const entries = this.#byFirstWord.get(first);
    if (entries) entries.push(entry);
    else this.#byFirstWord.set(first, [entry]);
  }
}

/** Where the name ends in the text if it stands at `from`: its words one after another, joined as names are. */
function endOf(name: readonly string[], words: readonly Word[], from: number): number | undefined {
  let at = from + 1;
  for (let i = 1; i < name.length; i++) {
    if (words[at]?.text !== name[i] && JOINING_WORDS.has(words[at]?.text ?? '') && joins(words[at])) at++;
    if (words[at]?.text !== name[i] || !joins(words[at])) return undefined;
    at++;
  }
  return at;
}

/** Whether a name's last word belongs to what follows: `fire right now` is no `fire right`. */
function isRightNow(name: readonly string[], next: Word | undefined): boolean {
  if (name.length < 2 || name.at(-1) !== 'right') return false;
  return (next?.text === 'now' || next?.text === 'away') && /^\s*$/.test(next.gap);
}

/** Whether `none` or `nothing` speaks of something else than an action: `none of these`, `nothing to see`. */
function isPronoun(name: readonly string[], next: Word | undefined): boolean {
  if (name.length !== 1 || (name[0] !== 'none' && name[0] !== 'nothing')) return false;
  return next !== undefined && PRONOUN_FOLLOWERS.has(next.text) && /^\s*$/.test(next.gap);
}

function joins(word: Word | undefined): boolean {
  return word !== undefined && JOINT.test(word.gap);
}

const lexicons = new WeakMap<readonly NamedAction[], ActionLexicon>();

/** The lexicon of a list of actions, made once for it. */
export function lexiconOf(actions: readonly NamedAction[]): ActionLexicon {
  let lexicon = lexicons.get(actions);
  if (!lexicon) {
    lexicon = new ActionLexicon(actions);
    lexicons.set(actions, lexicon);
  }
  return lexicon;
}
