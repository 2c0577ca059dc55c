/**
 * Made-up games in pictures: which action is right is said in the instructions alone. Names, their order and their
 * meaning change from telling to telling, so that reading is the only way; with two names swapped another answer is
 * right.
 */
import type { Random } from '../../../core/random.js';
import type { Split } from '../image-source.js';
import type { Scene } from '../scenes/scene.js';
import { CONDITION_KINDS, type ConditionKind, conditionsOf } from './conditions.js';
import { drawNames } from './names.js';

export interface MadeUpAction {
  readonly name: string;
  /** When it is right, such as `when the star is red`. */
  readonly description: string;
}

export interface MadeUpGame {
  readonly kind: ConditionKind;
  /** In the order in which they are told. */
  readonly actions: readonly MadeUpAction[];
  /** Index of the action that is right for the picture. */
  readonly right: number;
}

/** Fewest and most actions of a game. */
const ACTIONS = [2, 5] as const;
/** Draws of a kind before a scene is given up. */
const TRIES = 12;

/** A game for a scene; undefined where hardly anything can be asked of it. Held-out splits have names of their own. */
export function makeUpGame(scene: Scene, split: Split, random: Random): MadeUpGame | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const kind = random.pick(CONDITION_KINDS);
    const conditions = conditionsOf(scene, kind, random);
    if (!conditions || conditions.wrong.length === 0) continue;
    const wanted = ACTIONS[0] + random.integer(ACTIONS[1] - ACTIONS[0] + 1);
    const wrong = shuffled(conditions.wrong, random).slice(0, wanted - 1);
    const told = shuffled([conditions.right, ...wrong], random);
    const names = drawNames(told.length, split, random);
    const actions = told.map((condition, i) => ({ name: names[i] as string, description: `when ${condition}` }));
    return { kind, actions, right: told.indexOf(conditions.right) };
  }
  return undefined;
}

/** The same game in which the right action and another have each other's names; what each is for stays where it is. */
export function swapMadeUp(game: MadeUpGame, random: Random): MadeUpGame {
  const other = (game.right + 1 + random.integer(game.actions.length - 1)) % game.actions.length;
  const taken = (i: number): number => (i === game.right ? other : i === other ? game.right : i);
  const actions = game.actions.map(({ description }, i) => ({
    name: (game.actions[taken(i)] as MadeUpAction).name,
    description,
  }));
  return { ...game, actions };
}

/** The name that is right. */
export function rightName({ actions, right }: MadeUpGame): string {
  return (actions[right] as MadeUpAction).name;
}

/** The instructions as a model reads them, with one line for each action. */
export function tellMadeUp({ actions }: MadeUpGame): string {
  const lines = actions.map(({ name, description }) => `- ${name}: ${description}`);
  const goal = 'Look at the picture and choose the one action that is right.';
  return [goal, 'Actions:', ...lines, 'Answer with the name of one action.'].join('\n');
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
