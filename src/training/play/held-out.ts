/** How well the model plays and agrees after a round, on episodes and decisions that it does not learn from. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { playEpisodes } from '../../agent/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { TrainingRun } from '../run.js';
import { measureAgreement } from './agreement.js';
import type { PlayRun, RoundReport } from './options.js';
import { playerOf } from './rounds.js';
import type { GameSamples } from './samples.js';

const ROUNDS_FILE = 'rounds.jsonl';
/** Decisions that the agreement is measured on after a round. */
const ASKED = 200;

/** Plays the held-out episodes and asks about held-out decisions; kept in rounds.jsonl and as events. */
export async function look(
  run: PlayRun,
  round: number,
  samples: readonly GameSamples[],
  curve: TrainingRun['curve'],
): Promise<void> {
  const { recipe, signal, worlds, trainer, model, folder, watcher } = run;
  if (recipe.held_out.episodes === 0) return;
  const games: RoundReport['games'][number][] = [];
  for (const [index, { game, environments }] of worlds.entries()) {
    const { episodes, first_seed } = recipe.held_out;
    const ends = await playEpisodes({
      game,
      policy: playerOf(run, `step-${trainer.steps}`),
      environments,
      episodes: Array.from({ length: episodes }, (_, i) => ({ id: `held-out-${i}`, seed: first_seed + i })),
      ...(signal ? { signal } : {}),
    });
    if (signal?.aborted) return;
    const dataset = samples[index]?.datasets[0] as Dataset;
    const lessons = samples[index]?.lessons;
    const labelled = lessons ? { labelOf: (step: number) => lessons.of({ dataset, index: step }).action } : {};
    const agreement = await measureAgreement(model, game, dataset, {
      ...{ count: ASKED, seed: recipe.seed, saysAims: recipe.aims !== undefined },
      ...labelled,
    });
    const scores = ends.map(({ score }) => score);
    games.push({ game: game.name, scores, agreement });
    curve.measure(
      `held_out/${game.name}/score`,
      scores.reduce((sum, score) => sum + score, 0) / episodes,
      trainer.steps,
    );
    curve.measure(`held_out/${game.name}/agreement`, agreement.plain, trainer.steps);
  }
  const report: RoundReport = { round, step: trainer.steps, games };
  await writeFile(join(folder, ROUNDS_FILE), `${JSON.stringify(report)}\n`, { flag: 'a' });
  await curve.write();
  watcher?.onRound?.(report);
}
