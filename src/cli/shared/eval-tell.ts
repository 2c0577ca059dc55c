/** What `agent eval` tells beside its table: how it starts, what was asked again, what is left to do. */
import type { BatchInvariantPolicy, Results } from '../../evaluation/index.js';
import type { Console } from './console.js';
import type { Opened } from './eval-run.js';
import { resultsText } from './eval-table.js';

export async function tellStart({ folder, isResumed, request }: Opened, output: Console): Promise<void> {
  const { FIRST_EVALUATION_SEED } = await import('../../core/seeds.js');
  output.note(`${isResumed ? 'going on with' : 'evaluation'} ${folder.path}`);
  if (request.seeds.some((seed) => seed < FIRST_EVALUATION_SEED)) {
    output.note(
      `seeds below ${FIRST_EVALUATION_SEED} are for training: a policy may have learned from these very episodes`,
    );
  }
}

export function tellCloseCalls({ counts }: BatchInvariantPolicy, output: Console): void {
  if (counts.closeCalls === 0) return;
  output.note(`${counts.closeCalls} of ${counts.answers} decisions were close calls, asked again alone`);
}

export function tellEnd({ folder }: Opened, output: Console, results: Results, videos: readonly string[]): void {
  output.clearLive();
  const complete = isComplete(results);
  output.result({ run: folder.path, complete, videos, ...results });
  output.print(resultsText(results));
  output.print(`\nrun ${folder.path}`);
  for (const video of videos) output.print(`video ${video}`);
  if (!complete) output.note(`not all episodes were played: agent eval --resume ${folder.path}`);
  if (results.rows.some(({ failed }) => failed > 0)) {
    output.note(
      'some episodes failed; what failed for want of disk, memory or a service is played again by ' +
        `agent eval --resume ${folder.path}, everything that failed with --retry-failed`,
    );
  }
}

/** Whether every planned episode came to an end, or failed. */
export const isComplete = ({ rows }: Results): boolean => rows.every(({ missing }) => missing === 0);
