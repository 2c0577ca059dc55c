/** How well masks fit, one by one and together. */
import type { Overlap } from '../masks/mask.js';

/** Intersection over union of one; 1 where both masks are empty. */
export function iouOf({ intersection, union }: Overlap): number {
  return union === 0 ? 1 : intersection / union;
}

/** Points of 100: all intersections over all unions, as RefCOCO's results are given. Large things count more. */
export function cumulativeIou(overlaps: readonly Overlap[]): number {
  const sum = (of: keyof Overlap): number => overlaps.reduce((total, overlap) => total + overlap[of], 0);
  return sum('union') === 0 ? 100 : (100 * sum('intersection')) / sum('union');
}

/** Points of 100: the mean over expressions; every one counts alike. */
export function meanIou(overlaps: readonly Overlap[]): number {
  return (100 * overlaps.reduce((sum, overlap) => sum + iouOf(overlap), 0)) / overlaps.length;
}

/** The share of expressions with an IoU of at least `least`. */
export function precisionAt(least: number, overlaps: readonly Overlap[]): number {
  return overlaps.filter((overlap) => iouOf(overlap) >= least).length / overlaps.length;
}
