/** How far a painted picture is from the original. */
import type { Frame } from '../../core/nd-array.js';
import { type Colour, colourAt, type ParsedColour, type Place, parseColour } from '../tasks/pixels.js';

/** Errors of some answers against a picture. Channels are counted apart, 0-255. */
export interface PixelErrors {
  /** Answers that are a colour; only these are in the means. */
  readonly parsed: number;
  /** Answers that are none. */
  readonly unparsed: number;
  /** Sum of absolute differences by channel. */
  readonly absolute: Colour;
  /** Sum of squared differences over all channels. */
  readonly squared: number;
}

export const NO_ERRORS: PixelErrors = { parsed: 0, unparsed: 0, absolute: [0, 0, 0], squared: 0 };

/** Reads answers back and compares them with the picture. */
export function comparePixels(frame: Frame, places: readonly Place[], answers: readonly string[]): PixelErrors {
  return places
    .map((place, i) => errorsOf(colourAt(frame, place), parseColour(answers[i] ?? '')))
    .reduce(addErrors, NO_ERRORS);
}

/** Compares a painted picture, `uint8` [height, width, 3], with one of the same shape. */
export function compareFrames(frame: Frame, painted: Frame): PixelErrors {
  const [height, width] = frame.shape as [number, number, number];
  let sum = NO_ERRORS;
  for (let i = 0; i < height * width; i++) {
    const place = { y: Math.floor(i / width), x: i % width };
    sum = addErrors(sum, errorsOf(colourAt(frame, place), { ok: true, colour: colourAt(painted, place) }));
  }
  return sum;
}

export function addErrors(one: PixelErrors, other: PixelErrors): PixelErrors {
  const add = (c: 0 | 1 | 2): number => one.absolute[c] + other.absolute[c];
  return {
    parsed: one.parsed + other.parsed,
    unparsed: one.unparsed + other.unparsed,
    absolute: [add(0), add(1), add(2)],
    squared: one.squared + other.squared,
  };
}

/** Mean absolute error of a channel, 0-255; NaN where nothing was parsed. */
export function meanAbsoluteError({ absolute, parsed }: PixelErrors): number {
  return (absolute[0] + absolute[1] + absolute[2]) / (3 * parsed);
}

/** Mean absolute error of each channel. */
export function channelErrors({ absolute, parsed }: PixelErrors): Colour {
  return [absolute[0] / parsed, absolute[1] / parsed, absolute[2] / parsed];
}

/** Peak signal-to-noise ratio in decibels: 20 log10(255 / root mean square error). Infinity where nothing differs. */
export function signalToNoise({ squared, parsed }: PixelErrors): number {
  return 10 * Math.log10((255 ** 2 * 3 * parsed) / squared);
}

function errorsOf(truth: Colour, answer: ParsedColour): PixelErrors {
  if (!answer.ok) return { ...NO_ERRORS, unparsed: 1 };
  const difference = (c: 0 | 1 | 2): number => Math.abs(truth[c] - answer.colour[c]);
  const absolute: Colour = [difference(0), difference(1), difference(2)];
  return { parsed: 1, unparsed: 0, absolute, squared: absolute.reduce((sum, value) => sum + value * value, 0) };
}
