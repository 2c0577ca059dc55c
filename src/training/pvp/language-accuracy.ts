/** Whether a model answers questions, finds things and reads instructions; stage 3 is for keeping that. */
import type { Frame } from '../../core/nd-array.js';
import { VisionLanguageModel } from '../../model/index.js';
import {
  type BoxScore,
  boxSet,
  type InstructionItem,
  instructionSet,
  type QuestionScore,
  questionSet,
  rightName,
  type Split,
  scoreAnswers,
  scoreBoxes,
  tellMadeUp,
} from '../pictures/index.js';
import { BOX_PROMPT, boxQuery, CHAT_PROMPT, questionText } from '../tasks/language.js';

/** Questions, as many boxes, and as many made-up games told with swapped names. */
export interface LanguageAccuracy {
  readonly count: number;
  readonly questions: QuestionScore;
  readonly boxes: BoxScore;
  readonly instructions: InstructionScore;
}

/** Shares of made-up games, whose names are not trained on, in which the right name is answered. */
export interface InstructionScore {
  /** As told first. */
  readonly plain: number;
  /** With the name of the right action and another's exchanged, over all games. */
  readonly swapped: number;
  /** Right both times: the instructions were read. */
  readonly both: number;
  /** Of who always names one of the actions told, whichever. */
  readonly chance: number;
}

export interface LanguageOptions {
  readonly split: Exclude<Split, 'train'>;
  readonly count: number;
  /** Ends it between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: 'questions' | 'boxes' | 'instructions', done: number, of: number) => void;
}

/** Prompts answered in one batch. */
const BATCH = 16;
/** Longest answer in tokens: a box takes five. */
const LONGEST = 12;

/** Asks a checkpoint `count` questions, boxes and games; answers are the likeliest token at a time. */
export async function languageAccuracy(folder: string, options: LanguageOptions): Promise<LanguageAccuracy> {
  using model = await VisionLanguageModel.load(folder);
  return {
    count: options.count,
    questions: await questionAccuracy(model, options),
    boxes: await boxAccuracy(model, options),
    instructions: await instructionAccuracy(model, options),
  };
}

/** Questions of all kinds, as many of each. */
export async function questionAccuracy(
  model: VisionLanguageModel,
  { split, count, ...rest }: LanguageOptions,
): Promise<QuestionScore> {
  const items = questionSet({ side: sideOf(model), split, count });
  const asked = items.map(({ image, question }) => ({ image, text: `${CHAT_PROMPT}${questionText(question)}` }));
  return scoreAnswers(items, await answerAll(model, 'questions', asked, rest));
}

/** Boxes of what expressions refer to. */
export async function boxAccuracy(
  model: VisionLanguageModel,
  { split, count, ...rest }: LanguageOptions,
): Promise<BoxScore> {
  const items = boxSet({ side: sideOf(model), split, count });
  const asked = items.map(({ image, expression }) => ({ image, text: `${BOX_PROMPT}${boxQuery(expression)}` }));
  return scoreBoxes(items, await answerAll(model, 'boxes', asked, rest));
}

/** Made-up games, each told plainly and with two names exchanged. */
export async function instructionAccuracy(
  model: VisionLanguageModel,
  { split, count, ...rest }: LanguageOptions,
): Promise<InstructionScore> {
  const items = instructionSet({ side: sideOf(model), split, count });
  const tellings = items.flatMap(({ image, plain, swapped }) =>
    [plain, swapped].map((game) => ({ image, text: `${CHAT_PROMPT}${questionText(tellMadeUp(game))}` })),
  );
  return scoreInstructions(items, await answerAll(model, 'instructions', tellings, rest));
}

/** @param answers of each game told plainly and, behind it, with swapped names. */
export function scoreInstructions(items: readonly InstructionItem[], answers: readonly string[]): InstructionScore {
  const right = items.map(({ plain, swapped }, i) => ({
    plain: answers[2 * i]?.trim() === rightName(plain),
    swapped: answers[2 * i + 1]?.trim() === rightName(swapped),
  }));
  const share = (is: (one: { plain: boolean; swapped: boolean }) => boolean): number =>
    right.filter(is).length / items.length;
  return {
    plain: share(({ plain }) => plain),
    swapped: share(({ swapped }) => swapped),
    both: share(({ plain, swapped }) => plain && swapped),
    chance: items.reduce((sum, { plain }) => sum + 1 / plain.actions.length, 0) / items.length,
  };
}

const sideOf = (model: VisionLanguageModel): number => model.network.image.vision.imageSize;

async function answerAll(
  model: VisionLanguageModel,
  what: 'questions' | 'boxes' | 'instructions',
  asked: readonly { readonly image: Frame; readonly text: string }[],
  { signal, onProgress }: Pick<LanguageOptions, 'signal' | 'onProgress'>,
): Promise<string[]> {
  const answers: string[] = [];
  for (let first = 0; first < asked.length; first += BATCH) {
    signal?.throwIfAborted();
    onProgress?.(what, first, asked.length);
    const prompts = asked.slice(first, first + BATCH).map(({ image, text }) => model.prompt(text, [image]));
    answers.push(...(await model.generate(prompts, { maxTokens: LONGEST })).map(({ text }) => text));
  }
  return answers;
}
