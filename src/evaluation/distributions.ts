/** The two distributions that intervals are made with: the normal one and Student's t. */

/** The share of the standard normal distribution below `z`; Abramowitz & Stegun 7.1.26, good to 1.5e-7. */
export function normalShareBelow(z: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(z) / Math.SQRT2));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** The `z` within ±z of which the share `confidence` of the standard normal distribution lies: 1.96 of 0.95. */
export function normalLimit(confidence: number): number {
  return solve((z) => 1 - 2 * normalShareBelow(-z), confidence);
}

/** Beyond so many degrees of freedom Student's t is the normal distribution to three digits. */
const MANY = 10_000;

/**
 * The `t` within ±t of which the share `confidence` of Student's distribution lies: 12.71 of 0.95 and one degree of
 * freedom, 2.01 of fifty.
 * @param degrees of freedom, a whole number from 1 on.
 */
export function studentLimit(confidence: number, degrees: number): number {
  return degrees > MANY ? normalLimit(confidence) : solve((t) => studentShareWithin(t, degrees), confidence);
}

/** The share within ±t; the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4. */
function studentShareWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const squared = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * squared;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** Where a function that grows from 0 reaches a value below its limit. */
function solve(grows: (x: number) => number, value: number): number {
  let [low, high] = [0, 1];
  while (grows(high) < value) high *= 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (grows(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
