/** Learning rates over a training run. */

export interface Schedule {
  readonly peak: number;
  /** Steps of linear rise from 0. */
  readonly warmup: number;
  /** Steps in all; afterwards the rate stays at its floor. */
  readonly total: number;
  /** Where the cosine ends, as a part of the peak. */
  readonly floor: number;
}

/** The rate of step `step`, counted from 0: a linear rise to the peak, then half a cosine down to the floor. */
export function learningRateAt(step: number, { peak, warmup, total, floor }: Schedule): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const progress = Math.min((step - warmup) / Math.max(total - warmup, 1), 1);
  return peak * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2);
}
