/** Rows of a table in the order of their episodes, gathered into whole ones. */
import { AgentError } from '../../core/index.js';
import { asNumber } from './values.js';

/** Rows of one episode, and where they stand. */
export interface EpisodeRows<Row> {
  readonly number: number;
  readonly rows: readonly Row[];
}

/**
 * Groups rows by the column that numbers their episodes.
 * Throws `dataset` where an episode comes in two pieces, and where one is longer than any game.
 */
export async function* gatherEpisodes<Row extends Readonly<Record<string, unknown>>>(
  rows: AsyncIterable<Row>,
  column: string,
  where: string,
): AsyncGenerator<EpisodeRows<Row>> {
  const seen = new Set<number>();
  let number = -1;
  let own: Row[] = [];
  for await (const row of rows) {
    const next = asNumber(row[column], column, where);
    if (next !== number) {
      if (own.length > 0) yield { number, rows: own };
      if (seen.has(next)) throw inPieces(`episode ${next} in two pieces`, where);
      seen.add(next);
      [number, own] = [next, []];
    }
    own.push(row);
    if (own.length > MAX_STEPS) throw inPieces(`more than ${MAX_STEPS} decisions in episode ${next}`, where);
  }
  if (own.length > 0) yield { number, rows: own };
}

/** Its pictures are in memory until it is whole. */
const MAX_STEPS = 1_000_000;

function inPieces(got: string, where: string): AgentError {
  const expected = 'rows in the order of their episodes';
  return new AgentError('dataset', 'the rows are not in order', { expected, got, where });
}
