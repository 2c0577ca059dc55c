/** Demonstrations for a prompt, out of a folder that `agent collect` made. */
import { createHash } from 'node:crypto';
import { type Demonstration, type Demonstrations, type Game, playOf, writeSighted } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { Dataset } from '../datasets/index.js';

/**
 * The decisions that the game's way of playing asks for, the same each time: of each action in turn the first not yet
 * taken, out of the training episodes in order, so that no action is left out where there is room; undefined where it
 * asks for none. Rejects with `dataset` where the folder is none, or of another game.
 */
export async function demonstrationsFor(game: Game): Promise<Demonstrations | undefined> {
  const asked = playOf(game).demonstrations;
  if (asked === null) return undefined;
  using dataset = await Dataset.open(asked.from);
  requireFitting(game, dataset, asked.from);
  const labels = new Map<number, number[]>();
  for (const index of dataset.indices('train')) {
    const { label } = dataset.step(index);
    labels.set(label, [...(labels.get(label) ?? []), index].slice(0, asked.count));
  }
  const chosen = inTurns([...labels.values()], asked.count).sort((a, b) => a - b);
  if (chosen.length < asked.count) throw tooFew(asked, chosen.length);
  const hash = createHash('sha256');
  const decisions = chosen.map((index): Demonstration => {
    const answer = dataset.actions[dataset.step(index).label] as string;
    const frames = dataset.stack(index);
    for (const { data } of frames) hash.update(data);
    hash.update(JSON.stringify(answer));
    return { frames, answer };
  });
  return { decisions, sha256: hash.digest('hex') };
}

/** The first of each list, then the second of each, until there are `count`. */
function inTurns(lists: readonly (readonly number[])[], count: number): number[] {
  const taken: number[] = [];
  for (let place = 0; place < count; place++) {
    taken.push(...lists.flatMap((list) => list.slice(place, place + 1)));
  }
  return taken.slice(0, count);
}

function requireFitting(game: Game, dataset: Dataset, where: string): void {
  const names = game.actions.map(({ name }) => name);
  const said = [dataset.game, dataset.stackSize, ...dataset.actions];
  const wanted = [game.name, game.frames, ...names];
  if (JSON.stringify(said) === JSON.stringify(wanted) && game.sights.length === 0) return;
  const isSighted = JSON.stringify(said) === JSON.stringify(wanted);
  throw new AgentError('dataset', 'these demonstrations cannot be shown in this game', {
    expected: isSighted
      ? `a game that asks for its action alone, or demonstrations with sights: ${writeSighted([10, 20], 'action')}`
      : wanted.join(', '),
    got: isSighted ? 'demonstrations of actions alone' : said.join(', '),
    where,
    next: isSighted
      ? 'ask for the action alone: --play sights=off'
      : 'collect some with `agent collect` in the game as it is now',
  });
}

function tooFew({ count, from }: { readonly count: number; readonly from: string }, got: number): AgentError {
  return new AgentError('dataset', 'there are fewer demonstrations than shall be shown', {
    expected: `${count} decisions of training episodes (seeds that do not end in 9)`,
    got: String(got),
    where: from,
    next: 'collect more, or ask for fewer',
  });
}
