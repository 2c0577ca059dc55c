/** Whether a model still answers questions and finds things: what stage 3 is for. */

import type { Frame } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import { VisionLanguageModel } from '../../model/index.js';
import type { ImageSample } from '../data/image-source.js';
import type { Box } from '../data/scenes/draw-scene.js';
import { BOX_PROMPT, CHAT_PROMPT, type Exchange, exchangesOf, parseBox } from './language-tasks.js';

export interface LanguageAccuracy {
  readonly questions: number;
  /** Part of the questions whose answer is the right word, exactly. */
  readonly questionAccuracy: number;
  readonly boxes: number;
  /** Part of the boxes that overlap the right one by half or more (intersection over union). */
  readonly boxAccuracy: number;
  readonly meanOverlap: number;
}

/** Questions and boxes answered in one batch. */
const BATCH = 16;
/** Longest answer in tokens: a box takes five. */
const LONGEST = 12;

/** Asks everything that the samples allow, freely generated, the likeliest token at a time. */
export async function languageAccuracy(folder: string, samples: readonly ImageSample[]): Promise<LanguageAccuracy> {
  using model = await VisionLanguageModel.load(folder);
  const right: boolean[] = [];
  const overlaps: number[] = [];
  const asked = samples.flatMap((sample, index) => {
    const random = createRandom(index, 'language accuracy');
    const exchanges = [...exchangesOf('questions', sample, random), ...exchangesOf('boxes', sample, random)];
    return exchanges.map((exchange) => ({ exchange, frame: sample.image }));
  });
  for (let first = 0; first < asked.length; first += BATCH) {
    const batch = asked.slice(first, first + BATCH);
    const answers = await answerAll(model, batch);
    for (const [i, { exchange }] of batch.entries()) {
      const answer = answers[i] as string;
      if (exchange.task === 'questions') right.push(answer.trim() === exchange.answer);
      else overlaps.push(overlap(parseBox(answer), parseBox(exchange.answer) as Box));
    }
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    questions: right.length,
    questionAccuracy: mean(right.map(Number)),
    boxes: overlaps.length,
    boxAccuracy: mean(overlaps.map((value) => (value >= 0.5 ? 1 : 0))),
    meanOverlap: mean(overlaps),
  };
}

async function answerAll(
  model: VisionLanguageModel,
  asked: readonly { exchange: Exchange; frame: Frame }[],
): Promise<string[]> {
  const prompts = asked.map(({ exchange, frame }) => {
    const beginning = exchange.task === 'boxes' ? BOX_PROMPT : CHAT_PROMPT;
    return model.prompt(`${beginning}${exchange.asked}`, [frame]);
  });
  return (await model.generate(prompts, { maxTokens: LONGEST })).map(({ text }) => text);
}

/** Intersection over union of two boxes whose last pixels are inside; 0 where there is no box. */
export function overlap(one: Box | undefined, other: Box): number {
  if (!one) return 0;
  const side = (axis: 0 | 1): number =>
    Math.max(
      0,
      Math.min(one[axis + 2] as number, other[axis + 2] as number) -
        Math.max(one[axis] as number, other[axis] as number) +
        1,
    );
  const area = ([y0, x0, y1, x1]: Box): number => (y1 - y0 + 1) * (x1 - x0 + 1);
  const common = side(0) * side(1);
  return common / (area(one) + area(other) - common);
}
