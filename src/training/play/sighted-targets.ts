/** Answers that tell what is seen before the action, as training reads them. */
import { writeSighted } from '../../agent/index.js';
import type { Lesson } from '../../expert/teacher/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { WeightedToken } from '../../model/learning/index.js';
import { type NumberKindName, numberToken, VALUES } from '../vocabulary/split.js';
import type { TaughtAnswer } from './answers.js';

/** Numbers further away than so many deviations get nothing. */
const REACH = 3;

/**
 * The answer of a lesson: its sights, then the action by the name that the prompt gave.
 * @param blur deviations of the sights' targets, in their units: places beside the right one are nearly right, and what
 * learns
 *   hears so. 0 where there is none.
 */
export function taughtAnswer(
  model: VisionLanguageModel,
  { sights, action }: Lesson,
  names: readonly string[],
  blur: readonly number[],
): TaughtAnswer {
  const tokens = model.answer(writeSighted(sights, names[action] as string));
  const targets = tokens.map((token, place): readonly WeightedToken[] => {
    const deviation = blur[place] ?? 0;
    if (place >= sights.length || deviation === 0) return [{ token, weight: 1 }];
    return blurred(sights[place] as number, deviation, (value) => sightToken(model, value, place, sights.length));
  });
  return { tokens, targets };
}

/**
 * The token of a number among the `count` sights of an answer. Throws a `RangeError` where the vocabulary has none for
 * it.
 */
export function sightToken(model: VisionLanguageModel, value: number, place: number, count: number): number {
  const kind: NumberKindName = place === 0 ? 'first' : place === count - 1 ? 'last' : 'middle';
  const [token, ...more] = model.tokenizer.encode(numberToken(kind, value));
  if (token === undefined || more.length > 0) throw new RangeError(`${numberToken(kind, value)} is not one token`);
  return token;
}

function blurred(centre: number, deviation: number, tokenOf: (value: number) => number): WeightedToken[] {
  const reach = Math.ceil(REACH * deviation);
  const near = Array.from({ length: 2 * reach + 1 }, (_, i) => centre - reach + i).filter(
    (value) => value >= 0 && value < VALUES,
  );
  const raw = near.map((value) => Math.exp(-((value - centre) ** 2) / (2 * deviation ** 2)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return near.map((value, i) => ({ token: tokenOf(value), weight: (raw[i] as number) / sum }));
}
