/**
 * Decisions of demonstrations as training rows. Decisions of one game that are told the same instructions share them:
 * their pictures and answers lie side by side behind them in one row, which computes the same and less than half as
 * much. Decisions that follow one another share pictures too.
 */
import type { Game } from '../../agent/index.js';
import { createRandom, type Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch } from '../../model/learning/index.js';
import { aimedAnswers, drawShown, recallBatch } from './aims.js';
import { type AnswerOf, labelledAnswers } from './answers.js';
import { playBatch, windowAround } from './batch.js';
import { type DrawRules, drawIndex, drawSample } from './draw-sample.js';
import type { Lessons } from './lessons.js';
import { taughtAnswer } from './sighted-targets.js';
import { type Variation, varyGame } from './varied-game.js';

/** What has been collected of one game, oldest first. */
export interface GameSamples {
  readonly game: Game;
  readonly share: number;
  readonly datasets: readonly Dataset[];
  /** Instead of the labels: what a scripted teacher tells, with what is to be seen. */
  readonly lessons?: Lessons;
}

export interface SampleRules extends Variation, DrawRules {
  readonly seed: number;
  /** Decisions an update learns from. */
  readonly batch: number;
  /** Instructions an update tells; each is of one game, and the decisions are dealt out evenly. */
  readonly tellings: number;
  /** Decisions that follow one another and are learnt from together: they share most of their pictures. */
  readonly together: number;
  /** Of lessons. */
  readonly lessons?: LessonRules;
  /** Of answers that begin with an aim. */
  readonly aims?: AimRules;
}

/** How many prompts of an update teach what an action is called; in the first updates these are all. */
export interface AimRules {
  readonly first: number;
  readonly tellings: number;
  readonly beside: number;
}

export interface LessonRules {
  /** Deviations of the targets of the sights, in their units. */
  readonly blur: readonly number[];
}

/**
 * The batches of step `step`, counted from 0, one for each telling: they follow from the seed, the step and what was
 * collected.
 * Throws `dataset` where a frame cannot be read.
 */
export function playBatches(
  games: readonly GameSamples[],
  step: number,
  rules: SampleRules,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch[] {
  const random = createRandom(rules.seed, `play:${step}`);
  const recalled = recallBatches(games, step, rules, model, processing);
  if (rules.aims && step < rules.aims.first) return recalled;
  const played = Array.from({ length: rules.tellings }, () => {
    const drawnGame = drawGame(games, random);
    const { game, lessons } = drawnGame;
    const told = varyGame(game, rules, random);
    const count = Math.ceil(rules.batch / rules.tellings / rules.together);
    const drawn = Array.from({ length: count }, () => drawSample(drawnGame.datasets, rules, random));
    const windows = drawn.map((sample) => windowAround(sample, rules.together, random));
    const written = rules.aims && ((names: readonly string[]) => aimedAnswers(model, game, names));
    const answerOf = lessons ? lessonAnswers(model, lessons, rules) : labelledAnswers(model, random, written);
    return playBatch(windows, told, { model, processing, answerOf });
  });
  return [...played, ...recalled];
}

function recallBatches(
  games: readonly GameSamples[],
  step: number,
  { aims, seed, ...variation }: SampleRules,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch[] {
  const random = createRandom(seed, `recall:${step}`);
  const count = aims ? (step < aims.first ? aims.tellings : aims.beside) : 0;
  return Array.from({ length: count }, () => {
    const { game, datasets } = drawGame(games, random);
    const told = varyGame(game, variation, random);
    return recallBatch(drawShown(datasets, random), game, told, model, processing);
  });
}

function lessonAnswers(model: VisionLanguageModel, lessons: Lessons, rules: SampleRules): AnswerOf {
  return (sample, names) => taughtAnswer(model, lessons.of(sample), names, rules.lessons?.blur ?? []);
}

function drawGame(games: readonly GameSamples[], random: Random): GameSamples {
  return games[
    drawIndex(
      games.map(({ share }) => share),
      random,
    )
  ] as GameSamples;
}
