/**
 * Decisions of demonstrations as training rows. Decisions of one game that are told the same instructions share them: their
 * pictures and answers lie side by side behind them in one row, which computes the same and less than half as much. Decisions
 * that follow one another share pictures too.
 */
import type { Game } from '../../agent/index.js';
import { AgentError, createRandom, type Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch } from '../../model/training/index.js';
import { type AnswerOf, labelledAnswers } from './answers.js';
import { bareBatch } from './bare-batch.js';
import { type DrawRules, drawIndex, drawSample, type Sample } from './draw-sample.js';
import type { Lessons } from './lessons.js';
import { playBatch, windowAround } from './play-batch.js';
import { sceneBatch } from './scene-batch.js';
import { taughtAnswer } from './sighted-targets.js';
import { plainGame, type Variation, varyGame } from './varied-game.js';

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
  readonly from: 'prompt' | 'picture' | 'patches';
  /** So many decisions are learnt from, by default all. */
  readonly pool?: number;
}

export interface LessonRules {
  /** Deviations of the targets of the sights, in their units. */
  readonly blur: readonly number[];
  /** Part of the draws in which all sights are to be there, as far as some draws find one. */
  readonly complete: number;
}

/** Draws after which a decision is taken in which something is missing. */
const DRAWS = 12;

/**
 * The batches of step `step`, counted from 0, one for each telling: they follow from the seed, the step and what was
 * collected.
 * @throws AgentError `dataset` where a frame cannot be read.
 */
export function playBatches(
  games: readonly GameSamples[],
  step: number,
  rules: SampleRules,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch[] {
  const random = createRandom(rules.seed, `play:${step}`);
  const tools = { model, processing, random };
  if (rules.from !== 'prompt') return [lessonBatch(games, rules, tools)];
  return Array.from({ length: rules.tellings }, () => {
    const drawnGame = drawGame(games, random);
    const { game, lessons } = drawnGame;
    const told = varyGame(game, rules, random);
    const count = Math.ceil(rules.batch / rules.tellings / rules.together);
    const drawn = Array.from({ length: count }, () => drawDecision(drawnGame, rules, random));
    const windows = drawn.map((sample) => windowAround(sample, rules.together, random));
    const answerOf = lessons ? lessonAnswers(model, lessons, rules) : labelledAnswers(model, random);
    return playBatch(windows, told, { model, processing, answerOf });
  });
}

interface LessonTools {
  readonly model: VisionLanguageModel;
  readonly processing: ImageProcessing;
  readonly random: Random;
}

/** Newest pictures of one game: the teacher's answers by the actions' own names, or what stands in their patches. */
function lessonBatch(games: readonly GameSamples[], rules: SampleRules, tools: LessonTools): TrainingBatch {
  const drawnGame = drawGame(games, tools.random);
  const lessons = lessonsOf(drawnGame);
  const { names } = plainGame(drawnGame.game);
  const drawn = Array.from({ length: rules.batch }, () => drawDecision(drawnGame, rules, tools.random));
  if (rules.from === 'patches') {
    const taught = drawn.map((sample) => ({ sample, taught: lessons.of(sample) }));
    return sceneBatch(taught, tools);
  }
  const answerOf = lessonAnswers(tools.model, lessons, rules);
  const answered = drawn.map((sample) => ({ sample, answer: answerOf(sample, names) }));
  return bareBatch(answered, tools);
}

function lessonAnswers(model: VisionLanguageModel, lessons: Lessons, rules: SampleRules): AnswerOf {
  return (sample, names) => taughtAnswer(model, lessons.of(sample), names, rules.lessons?.blur ?? []);
}

function lessonsOf({ game, lessons }: GameSamples): Lessons {
  if (lessons) return lessons;
  throw new AgentError('usage', `nobody gives lessons in ${game.name}`, { expected: '`lessons` in the recipe' });
}

/** A decision to learn from: of the pool, where there is one. */
function drawDecision(game: GameSamples, rules: SampleRules, random: Random): Sample<Dataset> {
  if (rules.pool === undefined) return drawFrom(game, rules, random);
  return drawFrom(game, rules, createRandom(rules.seed, `pool:${random.integer(rules.pool)}`));
}

/** With lessons some are drawn again until everything that can be told is there. */
function drawFrom({ datasets, lessons }: GameSamples, rules: SampleRules, random: Random): Sample<Dataset> {
  const drawn = drawSample(datasets, rules, random);
  if (!lessons || random.next() >= (rules.lessons?.complete ?? 0)) return drawn;
  let sample = drawn;
  for (let draw = 1; draw < DRAWS && lessons.of(sample).sights.includes(0); draw++) {
    sample = drawSample(datasets, rules, random);
  }
  return sample;
}

function drawGame(games: readonly GameSamples[], random: Random): GameSamples {
  return games[
    drawIndex(
      games.map(({ share }) => share),
      random,
    )
  ] as GameSamples;
}
