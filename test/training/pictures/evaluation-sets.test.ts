/** The evaluation sets: the same each time, on scenes of their own, and scored as they say. */
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../../src/core/hash.js';
import {
  boxSet,
  boxText,
  openScenes,
  overlapOf,
  parseBox,
  QUESTION_KINDS,
  type QuestionItem,
  questionSet,
  scoreAnswers,
  scoreBoxes,
} from '../../../src/training/pictures/index.js';

const options = { side: 48, count: 70 };

describe('questions', () => {
  it('are the same each time, as many of each kind, and differ between splits', () => {
    const items = questionSet(options);
    expect(questionSet(options)).toEqual(items);
    for (const kind of QUESTION_KINDS) expect(items.filter((item) => item.kind === kind)).toHaveLength(10);
    const test = questionSet({ ...options, split: 'test' });
    const hashes = new Set(items.map(({ image }) => hashArray(image)));
    expect(test.some(({ image }) => hashes.has(hashArray(image)))).toBe(false);
  });

  it('are on no scene that training sees', () => {
    const source = openScenes({ side: 48, difficulty: [0, 1] });
    const trained = new Set(Array.from({ length: 200 }, (_, i) => hashArray(source.sample('train', i).image)));
    expect(questionSet(options).some(({ image }) => trained.has(hashArray(image)))).toBe(false);
  });

  it('count exact answers, by kind', () => {
    const items = questionSet(options);
    expect(
      scoreAnswers(
        items,
        items.map(({ answer }) => answer),
      ).accuracy,
    ).toBe(1);
    expect(
      scoreAnswers(
        items,
        items.map(({ answer }) => ` ${answer.toUpperCase()}.`),
      ).accuracy,
    ).toBe(1);
    const half = scoreAnswers(
      items,
      items.map(({ answer }, i) => (i < 35 ? answer : `${answer} perhaps`)),
    );
    expect(half.accuracy).toBe(0.5);
    expect(half.byKind.colour).toMatchObject({ right: 5, asked: 10 });

    expect(scoreAnswers(items, []).accuracy).toBe(0);
  });

  it('tell what always the commonest answer to a kind gives', () => {
    const [item] = questionSet({ side: 48, count: 1 });
    const ask = (kind: 'colour' | 'shape', answer: string) => ({ ...(item as QuestionItem), kind, answer });
    const items = [ask('colour', 'red'), ask('colour', 'blue'), ask('shape', 'star'), ask('colour', 'red')];
    const score = scoreAnswers(items, ['blue', 'blue', 'star', 'green']);
    expect(score).toEqual({
      accuracy: 0.5,
      commonest: 0.75,
      byKind: {
        colour: { right: 1, commonest: 2, asked: 3 },
        shape: { right: 1, commonest: 1, asked: 1 },
      },
    });
  });
});

describe('boxes', () => {
  it('are answered as text and read back', () => {
    for (const { box } of boxSet(options)) expect(parseBox(boxText(box))).toEqual(box);
    expect(parseBox(' [1, 2, 3, 4] ')).toEqual([1, 2, 3, 4]);
    for (const wrong of [
      '',
      '[1,2,3]',
      '[1,2,3,4',
      '1,2,3,4',
      '[3,2,1,4]',
      '[1,4,3,2]',
      '[a,2,3,4]',
      '[1,2,3,4] or so',
    ]) {
      expect(parseBox(wrong)).toBeUndefined();
    }
  });

  it('overlap as areas do', () => {
    expect(overlapOf([0, 0, 9, 9], [0, 0, 9, 9])).toBe(1);
    expect(overlapOf([0, 0, 9, 9], [0, 5, 9, 14])).toBeCloseTo(50 / 150, 12);
    expect(overlapOf([0, 0, 9, 9], [10, 0, 19, 9])).toBe(0);
    expect(overlapOf([0, 0, 0, 0], [0, 0, 0, 0])).toBe(1);
  });

  it('count from an overlap of one half on, and what is no box as none', () => {
    const items = boxSet(options);
    expect(
      scoreBoxes(
        items,
        items.map(({ box }) => boxText(box)),
      ),
    ).toEqual({ accuracy: 1, meanOverlap: 1, unparsed: 0 });
    const whole = scoreBoxes(
      items,
      items.map(() => boxText([0, 0, 47, 47])),
    );
    expect(whole.accuracy).toBe(0);
    expect(whole.meanOverlap).toBeLessThan(0.25);
    expect(
      scoreBoxes(
        items,
        items.map(() => 'nowhere'),
      ),
    ).toEqual({ accuracy: 0, meanOverlap: 0, unparsed: items.length });
  });
});
