/** Whether a model still answers questions and finds things: what stage 3 is for. */
import type { Frame } from '../../core/nd-array.js';
import { VisionLanguageModel } from '../../model/index.js';
import {
  type BoxScore,
  boxSet,
  type QuestionScore,
  questionSet,
  type Split,
  scoreAnswers,
  scoreBoxes,
} from '../pictures/index.js';
import { BOX_PROMPT, boxQuery, CHAT_PROMPT, questionText } from '../tasks/language.js';

export interface LanguageAccuracy {
  /** Questions, and as many boxes. */
  readonly count: number;
  readonly questions: QuestionScore;
  readonly boxes: BoxScore;
}

/** Prompts answered in one batch. */
const BATCH = 16;
/** Longest answer in tokens: a box takes five. */
const LONGEST = 12;

/** Asks a checkpoint `count` questions and `count` boxes; answers are the likeliest token at a time. */
export async function languageAccuracy(
  folder: string,
  { split, count }: { split: Exclude<Split, 'train'>; count: number },
): Promise<LanguageAccuracy> {
  using model = await VisionLanguageModel.load(folder);
  const side = model.network.image.vision.imageSize;
  const questions = questionSet({ side, split, count });
  const boxes = boxSet({ side, split, count });
  const ofQuestions = await answerAll(
    model,
    questions.map(({ image, question }) => ({ image, text: `${CHAT_PROMPT}${questionText(question)}` })),
  );
  const ofBoxes = await answerAll(
    model,
    boxes.map(({ image, expression }) => ({ image, text: `${BOX_PROMPT}${boxQuery(expression)}` })),
  );
  return { count, questions: scoreAnswers(questions, ofQuestions), boxes: scoreBoxes(boxes, ofBoxes) };
}

async function answerAll(
  model: VisionLanguageModel,
  asked: readonly { readonly image: Frame; readonly text: string }[],
): Promise<string[]> {
  const answers: string[] = [];
  for (let first = 0; first < asked.length; first += BATCH) {
    const prompts = asked.slice(first, first + BATCH).map(({ image, text }) => model.prompt(text, [image]));
    answers.push(...(await model.generate(prompts, { maxTokens: LONGEST })).map(({ text }) => text));
  }
  return answers;
}
