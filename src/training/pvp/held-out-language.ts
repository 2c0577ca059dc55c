/** Questions and boxes that are not trained on, asked while a run goes on. */
import { boxSet, questionSet, scoreAnswers, scoreBoxes } from '../pictures/index.js';
import { CHAT_PROMPT, questionText } from '../tasks/language.js';
import type { Answerer } from './answer-pixels.js';
import { answerBox, answerText } from './answer-text.js';

/** Shares of right answers, 0 to 1. */
export interface HeldOutLanguage {
  readonly questions: number;
  readonly boxes: number;
}

/** Asks `count` questions and as many boxes of the validation split. */
export async function heldOutLanguage(answerer: Answerer, count: number): Promise<HeldOutLanguage> {
  const side = answerer.network.image.vision.imageSize;
  const questions = questionSet({ side, count });
  const said: string[] = [];
  for (const { image, question } of questions) {
    said.push(await answerText(answerer, image, CHAT_PROMPT, questionText(question)));
  }
  const boxes = boxSet({ side, count });
  const told: string[] = [];
  for (const { image, expression } of boxes) {
    told.push((await answerBox(answerer, image, expression)).raw);
  }
  return { questions: scoreAnswers(questions, said).accuracy, boxes: scoreBoxes(boxes, told).accuracy };
}
