/** The table of an evaluation's folder, made from the records that lie in it. */
import type { EpisodeOutcome } from './episode-outcome.js';
import type { EvaluationFolder } from './folder.js';
import { foreignFiles } from './foreign-files.js';
import type { RequestedEntry } from './request.js';
import { buildResults, type EpisodeGroup } from './results.js';
import type { Results } from './results-schema.js';

export interface Finished {
  readonly results: Results;
  /** Whether every planned episode came to an end, or failed. */
  readonly complete: boolean;
  /** Whether it goes on only for who says that its files may be used: `foreignFiles`. */
  readonly namesFiles: boolean;
}

/** Writes the table, and that all is done where it is. */
export async function finishEvaluation(
  folder: EvaluationFolder,
  entries: readonly RequestedEntry[],
): Promise<Finished> {
  const groups: EpisodeGroup[] = [];
  for (const entry of entries) {
    const row = rowOf(entry);
    const outcomes: EpisodeOutcome[] = await folder.outcomes(row);
    groups.push({
      ...row,
      seeds: folder.seeds,
      outcomes,
      published: entry.game.reference,
      goal: entry.game.goal,
      clock: entry.clock,
      differing: differingIn(folder, row),
    });
  }
  const results = buildResults(groups);
  await folder.writeResults(results);
  const complete = results.rows.every(({ missing }) => missing === 0);
  if (complete) await folder.update({ finished: new Date().toISOString() });
  return { results, complete, namesFiles: foreignFiles(folder.file.entries).length > 0 };
}

function differingIn({ file }: EvaluationFolder, row: { game: string; policy: string }): string[] {
  const own = (file.differing ?? []).filter(({ game, policy }) => game === row.game && policy === row.policy);
  return [...new Set(own.map(({ what }) => what))].sort();
}

/** How an entry is named in a folder and in a table. */
export const rowOf = ({ game, policy }: RequestedEntry): { game: string; policy: string } => ({
  game: game.name,
  policy,
});
