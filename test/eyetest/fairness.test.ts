/** A test tells who sees from who does not, and nothing but the picture tells the answer. */
import { describe, expect, it } from 'vitest';
import { parseAction } from '../../src/agent/index.js';
import { createRandom, encodePng, type Frame } from '../../src/core/index.js';
import { EYE_TESTS, resultOf } from '../../src/eyetest/index.js';
import { questionGame } from '../../src/eyetest/question-game.js';
import { choicesOf } from '../../src/eyetest/tests/index.js';
import { PALETTE } from '../../src/training/pictures/index.js';
import { goThrough } from './support/observers.js';

const SIDE = 96;
const PICTURES = 24;

describe.each(EYE_TESTS.map((test) => ({ name: test.name, test })))('$name', { timeout: 60_000 }, ({ name, test }) => {
  it('puts who sees all at the top, and who guesses or always says the same at the bottom', () => {
    expect(resultOf(goThrough(name, ({ answer }) => answer)).beyond).toBe('harder');
    const random = createRandom(3, name);
    const guessed = resultOf(goThrough(name, () => random.integer(test.choices.length)));
    const range = test.levels(224);
    for (const result of [guessed, ...test.choices.map((_, i) => resultOf(goThrough(name, () => i)))]) {
      // The easiest level may be half seen by luck; nothing beyond it.
      const [least, most] = [Math.min(...range), Math.max(...range)];
      const part = Math.log((result.threshold as number) / least) / Math.log(most / least);
      expect(test.harder === 'smaller' ? part : 1 - part).toBeGreaterThan(0.85);
    }
  });

  it('is the same for the same seed, and has a place for each answer at every level', () => {
    for (const level of test.levels(SIDE)) {
      test.choices.forEach((_, answer) => {
        const draw = () => test.draw({ level, answer, side: SIDE, random: createRandom(answer, `${name} ${level}`) });
        const drawn = draw();
        expect(drawn).toEqual(draw());
        expect(drawn.frames.map(({ shape }) => shape)).toEqual(Array(test.frames).fill([SIDE, SIDE, 3]));
        const choices = choicesOf(test, drawn);
        expect(choices).toHaveLength(test.choices.length);
        expect(new Set(choices).size).toBe(choices.length);
      });
    }
    expect(test.wordings.length).toBeGreaterThanOrEqual(3);
  });

  it('reads every choice as itself, at every level, in the ways in which it is said', () => {
    for (const level of test.levels(SIDE)) {
      const drawn = test.draw({ level, answer: 0, side: SIDE, random: createRandom(1, `${name} ${level}`) });
      const choices = choicesOf(test, drawn);
      const { actions } = questionGame({ wording: '', choices, frames: test.frames, side: SIDE });
      choices.forEach((choice, index) => {
        for (const said of [
          choice,
          `${choice}.`,
          `Answer: ${choice}`,
          `**${choice}**`,
          JSON.stringify({ action: choice }),
        ])
          expect(parseAction(said, actions), `${said} of ${choices}`).toMatchObject({ ok: true, action: index });
      });
    }
  });

  it('does not tell the answer by the size of a file', () => {
    const levels = test.levels(SIDE);
    const level = levels[Math.floor(levels.length / 2)] as number;
    const random = createRandom(5, name);
    const sizes = test.choices.map((_, answer) =>
      Array.from({ length: PICTURES }, () =>
        test
          .draw({ level, answer, side: SIDE, random })
          .frames.reduce((sum, frame) => sum + encodePng(frame).length, 0),
      ),
    );
    const spread = Math.sqrt(sizes.reduce((sum, own) => sum + variance(own), 0) / sizes.length);
    const means = sizes.map(mean);
    // The difference of two means scatters by `spread` times the root of 2 / PICTURES.
    const difference = Math.max(...means) - Math.min(...means);
    expect(difference / (spread * Math.sqrt(2 / PICTURES))).toBeLessThan(4.5);
  });
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

it('larger is not told by one of the two things alone', () => {
  const test = EYE_TESTS.find(({ name }) => name === 'larger') as (typeof EYE_TESTS)[number];
  const side = 224;
  for (const [level, most] of [
    [5, 0.62],
    [18, 0.68],
    [35, 0.74],
  ] as const) {
    const sizes = Array.from({ length: 150 }, (_, i) => {
      const drawn = test.draw({ level, answer: i % 2, side, random: createRandom(i, `one thing ${level}`) });
      const name = String(drawn.values?.one).split(' ')[1] as keyof typeof PALETTE;
      return { size: pixelsOf(drawn.frames[0] as Frame, PALETTE[name]), isLarger: i % 2 === 0 };
    });
    // The best that can be said of the size of what is asked about: a limit, above which it is called larger.
    const shares = sizes.map(
      ({ size: limit }) => sizes.filter((one) => one.size >= limit === one.isLarger).length / 150,
    );
    expect(Math.max(...shares)).toBeLessThan(most);
  }
});

/** Pixels of a color, but for the grain. */
function pixelsOf({ data }: Frame, color: readonly number[]): number {
  let count = 0;
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    if (color.every((value, c) => Math.abs(value - (data[pixel + c] as number)) < 12)) count++;
  }
  return count;
}
