/**
 * The psychometric function: how likely a right answer is at a level of difficulty.
 *
 * P(x) = guess + (1 − guess − lapse) · F(x),  F(x) = 1 / (1 + exp(−2 ln(19) (x − threshold) / width))
 *
 * x is the logarithm (base 10) of the level, turned round where larger levels are harder. The threshold is where F is
 * a half; the width goes from F = 0.05 to F = 0.95, as psignifit has it (Schütt et al. 2016,
 * 10.1016/j.visres.2016.02.002).
 */

export interface Psychometric {
  /** Where F is a half, in the unit of x. */
  readonly threshold: number;
  /** From F = 0.05 to F = 0.95, in the unit of x; above 0. */
  readonly width: number;
  /** Share of wrong answers however easy it is, 0 to 1. */
  readonly lapse: number;
  /** Share of right answers however hard it is: 1 by the number of choices. */
  readonly guess: number;
}

const STEEPNESS = 2 * Math.log(19);

/** The chance of a right answer at x. */
export function rightAnswer({ threshold, width, lapse, guess }: Psychometric, x: number): number {
  return guess + (1 - guess - lapse) / (1 + Math.exp((-STEEPNESS * (x - threshold)) / width));
}

/** Which way an axis goes: whether what is smaller or what is larger is harder to see. */
export type Harder = 'smaller' | 'larger';

/** The x of a level. */
export function strengthOf(level: number, harder: Harder): number {
  return harder === 'smaller' ? Math.log10(level) : -Math.log10(level);
}

/** The level of an x. */
export function levelOf(strength: number, harder: Harder): number {
  return 10 ** (harder === 'smaller' ? strength : -strength);
}
