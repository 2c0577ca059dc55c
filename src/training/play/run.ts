/**
 * Learning to play: the expert's demonstrations first, then rounds in which the model plays and the expert says what it
 * should have done. Everything that a step learns from follows from the recipe, the step's number and what was
 * collected; what is collected follows from the weights at the round's begin. So a run that was killed goes on as if
 * nothing had been.
 */
import { join } from 'node:path';
import { AgentError, makeFolder } from '../../core/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { VisionLanguageModel } from '../../model/index.js';
import { type StepReport, saveModel, Trainer } from '../../model/learning/index.js';
import { type RunResult, TrainingRun } from '../run.js';
import { keptWeights } from '../start/kept-weights.js';
import { beginToRecall } from '../start/recall/begin.js';
import { requireAims } from './aims.js';
import { writePlayCard } from './card.js';
import { look } from './held-out.js';
import type { PlayRun, PlayRunOptions, PlayWorld } from './options.js';
import { type PlayRecipe, playIdentity, roundAt } from './recipe.js';
import { closeAll, gather } from './rounds.js';
import { type GameSamples, playBatches, type SampleRules } from './samples.js';

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
  requireRecall(recipe, model);
  const trainer = new Trainer(model.network, trainerSettings(recipe, total));
  if (recipe.keeps) {
    trainer.learn(recipe.learning, recipe.optimizer.rates, keptWeights(model.network, recipe.keeps));
  }
  const labellers = options.worlds.map(({ labeller }) => labeller.provenance ?? {});
  const given = givenDemonstrations(options);
  const identity = playIdentity(recipe, { init, labellers, ...given });
  const checkpointMinutes = recipe.checkpoint_minutes;
  const training = await TrainingRun.open({ folder, trainer, identity, checkpointMinutes, signal });
  const run: PlayRun = { ...options, model, trainer, total };
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

/** What a model never had cannot be kept. */
function requireRecall({ keeps, aims }: PlayRecipe, { config }: VisionLanguageModel): void {
  if (!keeps?.includes('recall') || aims || config.saysAims) return;
  throw new AgentError('usage', '`keeps: [recall]` keeps what finds names in the list, and this model never had it', {
    expected: 'a checkpoint that says its aims, or `aims` in the recipe, which begins with it',
    got: 'neither',
    next: 'take `recall` out of `keeps`, or add `aims` as in configs/training/play-carracing-told.yaml',
  });
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
