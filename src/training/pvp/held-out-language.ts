/** Questions and boxes that are not trained on, asked while a run goes on. */
import { preprocess } from '../../model/image/index.js';
import { boxSet, questionSet, scoreAnswers, scoreBoxes } from '../pictures/index.js';
import { BOX_PROMPT, boxQuery, CHAT_PROMPT, questionText } from '../tasks/language.js';
import { RowBuilder } from '../tasks/row-builder.js';
import type { Answerer } from './answer-pixels.js';
import { continueEach, readBeginning } from './continue-each.js';

/** Shares of right answers, 0 to 1. */
export interface HeldOutLanguage {
  readonly questions: number;
  readonly boxes: number;
}

/** Asks `count` questions and as many boxes of the validation split. */
export async function heldOutLanguage(answerer: Answerer, count: number): Promise<HeldOutLanguage> {
  const { network, tokenizer, processing } = answerer;
  const rows = new RowBuilder(tokenizer, network.image);
  const side = network.image.vision.imageSize;
  const answerTo = async (image: Parameters<typeof preprocess>[0], prompt: string, asked: string): Promise<string> => {
    // A beginning ends with a word, not with the picture.
    const [first, ...given] = tokenizer.encode(asked) as [number, ...number[]];
    using beginning = readBeginning(network, [...rows.prompt(prompt), first], preprocess(image, processing).data);
    const [answer] = await continueEach(network, tokenizer, beginning, [given]);
    return tokenizer.decode(answer ?? []);
  };
  const questions = questionSet({ side, count });
  const said: string[] = [];
  for (const { image, question } of questions) said.push(await answerTo(image, CHAT_PROMPT, questionText(question)));
  const boxes = boxSet({ side, count });
  const told: string[] = [];
  for (const { image, expression } of boxes) told.push(await answerTo(image, BOX_PROMPT, boxQuery(expression)));
  return { questions: scoreAnswers(questions, said).accuracy, boxes: scoreBoxes(boxes, told).accuracy };
}
