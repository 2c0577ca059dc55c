/** Which colour a policy has: the same kind of policy has the same in every game, random play is always gray. */
import type { GameReport, PolicyReport } from '../report-data.js';

/** Colours of the style sheet besides the gray one: `series-0`, `series-1`, … */
const COLOURS = 5;
const GRAY = 'series-gray';

/** The class of a policy, by its label in a game. */
export type Series = (game: GameReport, label: string) => string;

export function seriesOf(games: readonly GameReport[]): Series {
  const kinds = [...new Set(games.flatMap(({ policies }) => policies.map(kindOf)))].filter((kind) => kind !== 'random');
  const classes = new Map(games.map((game) => [game, classesOf(game, kinds)]));
  return (game, label) => classes.get(game)?.get(label) ?? GRAY;
}

/** Two policies of one kind in one game get two colours, as long as there are enough. */
function classesOf({ policies }: GameReport, kinds: readonly string[]): Map<string, string> {
  const taken = new Set<number>();
  const classes = new Map<string, string>();
  for (const policy of policies) {
    if (kindOf(policy) === 'random') {
      classes.set(policy.label, GRAY);
      continue;
    }
    const wished = kinds.indexOf(kindOf(policy)) % COLOURS;
    const free = [0, 1, 2, 3, 4].map((turn) => (wished + turn) % COLOURS).find((colour) => !taken.has(colour));
    const colour = free ?? wished;
    taken.add(colour);
    classes.set(policy.label, `series-${colour}`);
  }
  return classes;
}

function kindOf({ id }: PolicyReport): string {
  return id.split(':')[0] as string;
}
