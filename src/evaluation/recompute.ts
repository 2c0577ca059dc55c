/** A table made before, its statistics made again from the scores that it holds: where the method has changed since. */
import type { EpisodeOutcome } from './episode-outcome.js';
import { buildResults, type EpisodeGroup } from './results.js';
import type { ResultRow, Results } from './results-schema.js';

/** What a table of any time has in a row; newer fields may be missing. */
type OldRow = Pick<ResultRow, 'game' | 'policy' | 'scores' | 'references'> & Partial<ResultRow>;

/**
 * Intervals, pairs and aggregates anew, everything else as it stands. Hash chains are not in a table, so that how many
 * episodes differ stays what it was, or null.
 * @param goals the score from which on an episode is a success, by game.
 */
export function recomputeResults(
  { rows }: { readonly rows: readonly OldRow[] },
  goals: ReadonlyMap<string, number>,
): Results {
  const fresh = buildResults(rows.map((row) => groupOf(row, goals.get(row.game))));
  return {
    ...fresh,
    rows: fresh.rows.map((made, index): ResultRow => {
      const { distinct, interval, interquartile_interval, success } = made;
      const old = rows[index] as OldRow;
      return { ...made, ...old, distinct: old.distinct ?? distinct, interval, interquartile_interval, success };
    }),
  };
}

function groupOf({ game, policy, scores, references }: OldRow, goal: number | undefined): EpisodeGroup {
  const published = Object.entries(references).flatMap(([name, mean]) => (mean === null ? [] : [{ name, mean }]));
  const outcomes = Object.entries(scores).map(([seed, score]): EpisodeOutcome => {
    const of = { game, policy, seed: Number(seed), score, status: 'finished' } as const;
    const unknown = { counters: {}, decisions: 0, recoveries: 0, chain: null, error: null, checkpoint: null };
    return { ...of, ...unknown, commit: null, versions: {} };
  });
  return { game, policy, seeds: outcomes.map(({ seed }) => seed), outcomes, published, goal };
}
