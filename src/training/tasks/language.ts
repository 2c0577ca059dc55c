/** The other vision-language tasks: captions, questions, and boxes of what an expression refers to. */
import type { Random } from '../../core/random.js';
import {
  type Box,
  boxText,
  captionOf,
  type ImageSample,
  makeUpGame,
  namingsOf,
  questionsOf,
  referencesOf,
  rightName,
  swapMadeUp,
  tellMadeUp,
} from '../pictures/index.js';

export const LANGUAGE_TASKS = ['captions', 'questions', 'boxes', 'namings', 'instructions'] as const;
export type LanguageTask = (typeof LANGUAGE_TASKS)[number];

/** One turn about a picture: texts without the picture's own tokens. */
export interface Exchange {
  readonly task: LanguageTask;
  readonly asked: string;
  readonly answer: string;
  /** Of a made-up game: whether each of its lines is true of the picture, in the order in which they are told. */
  readonly judged?: readonly boolean[];
}

/** What the end of a judged line is taught to say, where its line is false and where it is true. */
export const JUDGEMENTS = { false: 'no', true: 'yes' } as const;

/** Ways to ask for a caption; all mean the same. */
const CAPTION_REQUESTS = ['Describe the picture.', 'What is in the picture?', 'What do you see?'] as const;

/** What all questions of a conversation about one picture begin with; the end is `ASKED`. */
export const CHAT_PROMPT = '<|user|><image>';
const ASKED = '<|assistant|>';

/** What all boxes of one picture begin with. */
export const BOX_PROMPT = '<image> [detection]';

/** The text before a box. */
export function boxQuery(expression: string): string {
  return ` ${expression} box: `;
}

/** The text of a question as it stands behind the picture in a conversation. */
export function questionText(question: string): string {
  return `${question}${ASKED}`;
}

/** The question what is in a box, as it stands behind the picture in a conversation. */
export function namingQuestion(box: Box): string {
  return `What is in ${boxText(box)}?`;
}

/** All exchanges of one task about a picture; empty where it has nothing for it. */
export function exchangesOf(task: LanguageTask, sample: ImageSample, random: Random): Exchange[] {
  const { drawn } = sample;
  switch (task) {
    case 'captions': {
      const caption = drawn ? captionOf(drawn.scene, random) : sample.caption;
      if (caption === undefined) return [];
      return [{ task, asked: questionText(random.pick(CAPTION_REQUESTS)), answer: caption }];
    }
    case 'questions':
      if (!drawn) return [];
      return questionsOf(drawn.scene, random).map(({ question, answer }) => ({
        task,
        asked: questionText(question),
        answer,
      }));
    case 'boxes':
      if (!drawn) return [];
      return referencesOf(drawn, random).map(({ expression, box }) => ({
        task,
        asked: boxQuery(expression),
        answer: boxText(box),
      }));
    case 'namings':
      if (!drawn) return [];
      return namingsOf(drawn).map(({ box, words }) => ({
        task,
        asked: questionText(namingQuestion(box)),
        answer: words,
      }));
    case 'instructions': {
      const game = drawn && makeUpGame(drawn.scene, 'train', random);
      // With swapped names beside it, the same picture and the same words have another answer.
      const told = game ? [game, swapMadeUp(game, random)] : [];
      // With the space before it, a name is told by the same tokens as in its line.
      return told.map((one) => ({
        task,
        asked: questionText(tellMadeUp(one)),
        answer: ` ${rightName(one)}`,
        judged: one.actions.map((_, i) => i === one.right),
      }));
    }
  }
}
