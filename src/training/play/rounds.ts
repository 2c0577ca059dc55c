/** What a run of learning to play collects: the demonstrations, then rounds in which the model plays. */
import { join } from 'node:path';
import type { Policy } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { collect, Dataset, requireFits, requireTrainable } from '../../datasets/index.js';
import { modelPolicy } from '../../players/vision-language/player.js';
import { Lessons } from './lessons.js';
import type { PlayRun, PlayWorld } from './options.js';
import { type PlayRecipe, roundSeeds, roundStart } from './recipe.js';
import type { GameSamples } from './samples.js';

/** Everything collected up to this round; what is missing is played now. Rounds before it are whole by then. */
export async function gather(run: PlayRun, round: number): Promise<GameSamples[]> {
  const samples: GameSamples[] = [];
  for (const [index, { game, teacher, environments }] of run.worlds.entries()) {
    const folders: string[] = [];
    for (let past = 0; past <= round; past++) {
      const made = past === 0 ? run.demonstrations?.get(game.name) : undefined;
      const seeds = roundSeeds(run.recipe, index, past);
      if (seeds.length === 0) continue;
      const folder = join(run.folder, 'data', `${game.name}-round-${past}`);
      if (made === undefined && !run.signal?.aborted) await playRound(run, index, past, seeds, folder);
      folders.push(...(made ?? [folder]));
    }
    if (run.signal?.aborted) return samples;
    const given = run.demonstrations?.get(game.name) ?? [];
    const datasets = await Promise.all(
      folders.map((folder) => Dataset.open(folder, given.includes(folder) ? { firstEpisodes: run.firstEpisodes } : {})),
    );
    for (const dataset of datasets) {
      requireFits(dataset, game);
      requireTrainable(dataset, environments.spec.observationSpace);
    }
    const lessons = teacher && run.recipe.lessons ? { lessons: new Lessons(teacher) } : {};
    samples.push({ game, share: run.recipe.games[index]?.share ?? 1, datasets, ...lessons });
  }
  return samples;
}

/** Round 0 is the expert's own play; in the others the model acts with the weights of the round's begin. */
async function playRound(run: PlayRun, index: number, round: number, seeds: number[], folder: string): Promise<void> {
  const { game, environments, labeller } = run.worlds[index] as PlayWorld;
  const { demonstrations, max_decisions: maxDecisions } = run.recipe.games[index] as PlayRecipe['games'][number];
  const step = roundStart(run.recipe, round);
  const { signal, watcher } = run;
  const result = await collect({
    folder,
    game,
    driver: round === 0 ? labeller : playerOf(run, `step-${step}`),
    labeller,
    noise: round === 0 ? demonstrations.noise : 0,
    seeds,
    groups: [environments],
    ...(round > 0 && maxDecisions !== undefined ? { maxDecisions } : {}),
    ...(signal ? { signal } : {}),
    onProgress: (progress) => watcher?.onCollect?.(game.name, round, progress),
    onNote: (text) => watcher?.onNote?.(text),
  });
  const [failure] = result.failures;
  if (failure) {
    throw failure.error ?? new AgentError('internal', `the episode of seed ${failure.seed} failed without a reason`);
  }
}

/** The model as a player; it stays ours, so being done with the player is not the end of it. */
export function playerOf({ model, recipe }: PlayRun, name: string): Policy {
  const about = { id: `pae-lamm:${name}`, provenance: {}, saysAims: recipe.aims !== undefined };
  return { ...modelPolicy(model, about), [Symbol.asyncDispose]: async () => {} };
}

/** Closes the datasets that `gather` opened. */
export function closeAll(samples: readonly GameSamples[]): void {
  for (const { datasets } of samples) for (const dataset of datasets) dataset[Symbol.dispose]();
}
