/** What a test of the eyes is: a family of pictures with one axis of difficulty, and a choice that is forced. */
import type { Frame, Random } from '../../core/index.js';
import type { Harder } from '../psychophysics/psychometric.js';

export interface DrawOptions {
  /** Of the list that `levels` gives. */
  readonly level: number;
  /** Index of the right choice. */
  readonly answer: number;
  /** Pixels of the picture's side. */
  readonly side: number;
  readonly random: Random;
}

export interface DrawnQuestion {
  /** Oldest first. */
  readonly frames: readonly Frame[];
  /** Instead of the test's own, where they differ from question to question; as many. */
  readonly choices?: readonly string[];
  /** What stands for the `{names}` of the wordings, where they have some. */
  readonly values?: Readonly<Record<string, string>>;
}

export interface EyeTest {
  /** As `--tests` names it. */
  readonly name: string;
  readonly family: 'acuity' | 'contrast' | 'colour' | 'place' | 'number' | 'motion';
  /** What the threshold says, such as `smallest gap`. */
  readonly measures: string;
  /** Of the level. */
  readonly unit: string;
  readonly harder: Harder;
  /** What can be shown in a picture of so many pixels a side. */
  levels(side: number): readonly number[];
  /** What is chosen from, or one example of it where it differs. Each is right equally often. */
  readonly choices: readonly string[];
  /** Pictures of a question. */
  readonly frames: number;
  /** The question in other words, at least three times. */
  readonly wordings: readonly string[];
  /**
   * The question as checkpoints of this project learn it, where they do: those in this process are asked it too, of the
   * same pictures.
   */
  readonly trained?: string;
  /** The pictures follow from the options alone. */
  draw(options: DrawOptions): DrawnQuestion;
}

/** The choices of a question. */
export function choicesOf(test: EyeTest, drawn: DrawnQuestion): readonly string[] {
  return drawn.choices ?? test.choices;
}

/** Of a picture, as choices. */
export const QUARTERS = ['top left', 'top right', 'bottom left', 'bottom right'] as const;

/** Pixels from the least on, in steps that people and models tell apart, to the most. */
const PIXELS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48];

/** Those of 1 to 48 pixels that leave room: `most` pixels at most. */
export function pixelLevels(most: number): readonly number[] {
  return PIXELS.filter((level) => level <= most);
}

/** Light on dark or dark on light: which of them tells nothing. */
export function polarity(random: Random): {
  readonly paper: readonly [number, number, number];
  readonly ink: readonly [number, number, number];
} {
  const [light, dark] = [
    [225, 225, 225],
    [30, 30, 30],
  ] as const;
  return random.next() < 0.5 ? { paper: light, ink: dark } : { paper: dark, ink: light };
}
