/**
 * The same game told otherwise, so that a model has to read what it is told: the actions listed in another order, the
 * names of two actions swapped, each with the other's description, or all names drawn anew.
 */
import type { Game, GameAction } from '../../agent/index.js';
import type { Random } from '../../core/index.js';
import { drawLongNames } from '../pictures/index.js';

/** A game to make a prompt of, and what its actions are called there. */
export interface VariedGame {
  readonly game: Game;
  /** Names by the emulator's action. */
  readonly names: readonly string[];
  /** The two actions whose names are swapped; null where none are. */
  readonly swapped: readonly [number, number] | null;
}

/** Chances of each variation, 0 to 1. */
export interface Variation {
  readonly swapped: number;
  readonly reordered: number;
  /** In which every action has a new name, instead of its own or a swapped one. */
  readonly renamed?: number;
}

/** The game as its YAML tells it. */
export function plainGame(game: Game): VariedGame {
  return { game, names: game.actions.map(({ name }) => name), swapped: null };
}

/** Draws a variation. Without `renamed` the draws are always as many, whatever comes out. */
export function varyGame(game: Game, { swapped, reordered, renamed }: Variation, random: Random): VariedGame {
  const [swapChance, orderChance] = [random.next(), random.next()];
  const first = random.integer(game.actions.length);
  const second = (first + 1 + random.integer(Math.max(1, game.actions.length - 1))) % game.actions.length;
  const named = swapChance < swapped ? swapNames(game, first, second) : plainGame(game);
  // A recipe without it goes on to draw what it always drew.
  const told = renamed !== undefined && random.next() < renamed ? renameAll(game, random) : named;
  const other = reorder(told, random);
  return orderChance < reordered ? other : told;
}

/** The same names and meanings, with the lines of the list in another order. */
export function reorder(told: VariedGame, random: Random): VariedGame {
  const order = shuffled(told.game.actions.length, random);
  const actions = order.map((index) => told.game.actions[index] as GameAction);
  return { ...told, game: { ...told.game, actions } };
}

/** The game in which two actions have each other's names and aliases; descriptions stay with what is done. */
export function swapNames(game: Game, first: number, second: number): VariedGame {
  const taken = (index: number): number => (index === first ? second : index === second ? first : index);
  const actions = game.actions.map(({ description }, index): GameAction => {
    const { name, aliases } = game.actions[taken(index)] as GameAction;
    return { name, aliases, description };
  });
  return {
    game: { ...game, actions },
    names: actions.map(({ name }) => name),
    swapped: first === second ? null : [first, second],
  };
}

/**
 * The game in which every action has a name that says nothing of it, as in made-up games (words of other things, or of
 * no thing): who knows names by heart is lost.
 */
export function renameAll(game: Game, random: Random): VariedGame {
  return rename(game, drawLongNames(game.actions.length, 'train', random));
}

/** The game with these names, in the order of its actions. */
export function rename(game: Game, names: readonly string[]): VariedGame {
  const actions = game.actions.map(({ description }, index): GameAction => {
    return { name: names[index] as string, aliases: [], description };
  });
  return { game: { ...game, actions }, names, swapped: null };
}

function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
