/** What the actions of other data mean in a game: by names, by vectors, or because the environment is the same. */
import { type Game, resolveAction } from '../../agent/index.js';
import { AgentError, harmlessName } from '../../core/index.js';

/** What is known of the actions of a source. */
export interface ForeignActions {
  /** By the source's index; undefined where it names none. */
  readonly names?: readonly string[] | undefined;
  /** The Gymnasium id that it was recorded in, where it says. */
  readonly env?: string | undefined;
  /** How many there are, where it says. */
  readonly count?: number | undefined;
  readonly where: string;
}

/** The game's action of a value: an index, one number in a list, a vector with 1 at its place, a Box's vector. */
export type ActionReader = (value: readonly number[]) => number;

/** Throws `dataset` where the names mean nothing in the game, or nobody says what the numbers mean. */
export function actionReader(game: Game, source: ForeignActions): ActionReader {
  const { where } = source;
  const vectors = game.emulator.actions;
  const names = source.names;
  const byName = names?.map((name) => meaningOf(name, game, where));
  const isSame = source.env === game.emulator.env && vectors === null;
  const count = byName?.length ?? game.actions.length;
  const asNamed = (index: number): number => {
    if (Number.isInteger(index) && index >= 0 && index < count) {
      if (byName) return byName[index] as number;
      if (isSame) return index;
      throw unnamed(game, source);
    }
    throw unknownValue(`0 to ${count - 1}`, String(index), where);
  };
  if (source.count !== undefined && source.count !== count) throw unnamed(game, source);
  return (value) => {
    if (value.length === 1) return asNamed(value[0] as number);
    const written = vectors?.findIndex((vector) => same(vector, value)) ?? -1;
    if (written >= 0) return written;
    const isOneHot = value.length === count && value.every((one) => one === 0 || one === 1);
    if (isOneHot && value.filter((one) => one === 1).length === 1) return asNamed(value.indexOf(1));
    const expected = vectors
      ? `one of the vectors that ${game.name} names, such as [${vectors[0]?.join(', ')}]`
      : `a vector of ${count} numbers with 1 at the action's place`;
    throw unknownValue(expected, `[${value.slice(0, 8).join(', ')}]`, where);
  };
}

/** A 32-bit float is what a vector becomes in most layouts. */
const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, i) => Math.fround(one) === Math.fround(b[i] as number));

function meaningOf(name: string, game: Game, where: string): number {
  try {
    return resolveAction(/^\d+$/.test(name.trim()) ? `action ${name}` : name, game, where);
  } catch {
    throw new AgentError('dataset', `an action of the source means nothing in ${game.name}`, {
      expected: game.actions.map((action) => action.name).join(', '),
      got: harmlessName(name),
      where,
      next: "say what the source's actions mean here, in its order: --actions NAME,NAME,…",
    });
  }
}

function unnamed(game: Game, { env, count, where }: ForeignActions): AgentError {
  return new AgentError('dataset', 'the source does not say what its actions mean', {
    expected: `names, or ${game.actions.length} actions of ${game.emulator.env}`,
    got: `${count ?? 'some'} numbers${env === undefined ? '' : ` of ${env}`}`,
    where,
    next: `name them in the source's order: --actions ${game.actions.map(({ name }) => name).join(',')}`,
  });
}

function unknownValue(expected: string, got: string, where: string): AgentError {
  return new AgentError('dataset', 'an action is none of the game', {
    expected,
    got,
    where,
    next: 'data of a game with other actions cannot be learnt from here',
  });
}
