/**
 * Learning to play: the expert's demonstrations first, then rounds in which the model plays and the expert says what it
 * should have done. Everything that a step learns from follows from the recipe, the step's number and what was
 * collected; what is collected follows from the weights at the round's begin. So a run that was killed goes on as if
 * nothing had been.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EpisodeEnvironments, type Game, type Policy, playEpisodes } from '../../agent/index.js';
import { AgentError, makeFolder } from '../../core/index.js';
import { type CollectProgress, collect, Dataset, requireFits, requireTrainable } from '../../datasets/index.js';
import type { Teacher } from '../../expert/teacher/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { VisionLanguageModel } from '../../model/index.js';
import { type StepReport, saveModel, Trainer } from '../../model/learning/index.js';
import { modelPolicy } from '../../players/vision-language/player.js';
import { type RunResult, TrainingRun } from '../run.js';
import { keptWeights } from '../start/kept-weights.js';
import { beginToRecall } from '../start/recall/begin.js';
import { type Agreement, measureAgreement } from './agreement.js';
import { requireAims } from './aims.js';
import { writePlayCard } from './card.js';
import { Lessons } from './lessons.js';
import { type PlayRecipe, playIdentity, roundAt, roundSeeds, roundStart } from './recipe.js';
import { type GameSamples, playBatches, type SampleRules } from './samples.js';

/** A game of the recipe, with what it is played on and who says what is right. */
export interface PlayWorld {
  readonly game: Game;
  readonly environments: EpisodeEnvironments;
  readonly labeller: Policy;
  /** Who gives lessons, where the recipe asks for them. */
  readonly teacher?: Teacher;
}

/** How well the model plays and agrees after a round. */
export interface RoundReport {
  readonly round: number;
  readonly step: number;
  readonly games: readonly {
    readonly game: string;
    /** Of the held-out episodes, in the order of their seeds. */
    readonly scores: readonly number[];
    readonly agreement: Agreement;
  }[];
}

export interface PlayRunWatcher {
  onCollect?(game: string, round: number, progress: CollectProgress): void;
  onStep?(report: StepReport & { readonly round: number; readonly total: number }): void;
  onRound?(report: RoundReport): void;
  onNote?(text: string): void;
}

export interface PlayRunOptions {
  readonly recipe: PlayRecipe;
  /** Folder of the run; what is there is continued. */
  readonly folder: string;
  /** Checkpoint to begin with. */
  readonly init: string;
  /**
   * Folders of collected decisions by game, oldest first, instead of collecting; as `agent collect` and earlier runs
   * make them.
   */
  readonly demonstrations?: ReadonlyMap<string, readonly string[]>;
  /** Of each folder of given demonstrations only so many episodes, from the first on. */
  readonly firstEpisodes?: number | undefined;
  /** In the order of the recipe's games. */
  readonly worlds: readonly PlayWorld[];
  readonly signal?: AbortSignal;
  readonly watcher?: PlayRunWatcher;
}

const ROUNDS_FILE = 'rounds.jsonl';
/** Decisions that the agreement is measured on after a round. */
const ASKED = 200;

/**
 * Trains until the recipe or the signal ends it; whatever ends it, the state is saved and the model exported.
 * Rejects with `usage` where the folder holds a run of another recipe, and what collecting and training reject.
 */
export async function trainToPlay(options: PlayRunOptions): Promise<RunResult> {
  const { recipe, folder, init, signal } = options;
  requireSights(recipe, options.worlds);
  await makeFolder(folder);
  using model = await VisionLanguageModel.load(init);
  const processing = await readImageProcessing(init);
  const total = recipe.steps.reduce((sum, length) => sum + length, 0);
  if (recipe.aims) {
    for (const { game } of options.worlds) requireAims(model, game);
    // One that recalls already goes on with what it has learnt.
    if (!model.config.saysAims) beginToRecall(model, init);
  }
  const trainer = new Trainer(model.network, trainerSettings(recipe, total));
  if (recipe.keeps) {
    trainer.learn(recipe.learning, recipe.optimizer.rates, keptWeights(model.network, recipe.keeps));
  }
  const labellers = options.worlds.map(({ labeller }) => labeller.provenance ?? {});
  const given = givenDemonstrations(options);
  const identity = playIdentity(recipe, { init, labellers, ...given });
  const checkpointMinutes = recipe.checkpoint_minutes;
  const training = await TrainingRun.open({ folder, trainer, identity, checkpointMinutes, signal });
  const run: Run = { ...options, model, trainer, total };
  const { together = 1, instructions, aims, ...drawn } = recipe;
  const rules: SampleRules = { ...drawn, together, ...instructions, ...(aims ? { aims } : {}) };
  let round = -1;
  let samples: GameSamples[] = [];
  const step = async (): Promise<StepReport | null> => {
    const current = roundAt(recipe, trainer.steps);
    if (current !== round) {
      closeAll(samples);
      samples = await gather(run, current);
      round = current;
      if (signal?.aborted) return null;
    }
    return trainer.step(playBatches(samples, trainer.steps, rules, model, processing));
  };
  try {
    const status = await training.go(total, step, async (report) => {
      model.forget();
      options.watcher?.onStep?.({ ...report, round, total });
      const isRoundOver = trainer.steps === total || roundAt(recipe, trainer.steps) !== round;
      if (!isRoundOver) return;
      await training.save();
      await look(run, round, samples, training.curve);
    });
    const exported = join(folder, 'model');
    const saysAims = recipe.aims !== undefined;
    await saveModel(model.network, exported, { dtype: 'float16', companions: init, saysAims });
    const taught = samples.flatMap(({ datasets }) => datasets);
    await writePlayCard(exported, { recipe, init, steps: training.steps, status, datasets: taught });
    return { steps: training.steps, status, model: exported };
  } finally {
    closeAll(samples);
  }
}

/** What was given to learn from, as far as it decides what is learnt. */
function givenDemonstrations({ demonstrations, firstEpisodes }: PlayRunOptions): object {
  if (!demonstrations) return {};
  return { demonstrations: [...demonstrations], ...(firstEpisodes === undefined ? {} : { firstEpisodes }) };
}

/** A model that learnt to say what it sees and is not asked for it when it plays would be another model there. */
function requireSights({ lessons }: PlayRecipe, worlds: readonly PlayWorld[]): void {
  const blind = worlds.find(({ game }) => game.sights.length === 0);
  if (!lessons || !blind) return;
  throw new AgentError('usage', `${blind.game.title} asks for no sights, and lessons teach them`, {
    expected: 'a game whose YAML has `sights`, such as configs/games/spaceinvaders.yaml',
    got: blind.game.name,
    next: 'name such a game in the recipe, or take `lessons` out of it',
  });
}

interface Run extends PlayRunOptions {
  readonly model: VisionLanguageModel;
  readonly trainer: Trainer;
  readonly total: number;
}

function trainerSettings({ optimizer, learning }: PlayRecipe, total: number): ConstructorParameters<typeof Trainer>[1] {
  const { peak, warmup, floor, beta2, rates, weight_decay: weightDecay, max_norm: maxNorm } = optimizer;
  return {
    schedule: { peak, warmup, total, floor },
    optimizer: { beta1: 0.9, beta2, epsilon: 1e-8, weightDecay, maxNorm },
    learning,
    ...(rates ? { rates } : {}),
  };
}

/** Everything collected up to this round; what is missing is played now. Rounds before it are whole by then. */
async function gather(run: Run, round: number): Promise<GameSamples[]> {
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
async function playRound(run: Run, index: number, round: number, seeds: number[], folder: string): Promise<void> {
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
function playerOf({ model, recipe }: Run, name: string): Policy {
  const about = { id: `pae-lamm:${name}`, provenance: {}, saysAims: recipe.aims !== undefined };
  return { ...modelPolicy(model, about), [Symbol.asyncDispose]: async () => {} };
}

/** Plays the held-out episodes and asks about held-out decisions; kept in rounds.jsonl and as events. */
async function look(
  run: Run,
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

function closeAll(samples: readonly GameSamples[]): void {
  for (const { datasets } of samples) for (const dataset of datasets) dataset[Symbol.dispose]();
}
