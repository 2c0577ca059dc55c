/**
 * Referring segmentation as text, in the paper's form: `<image> [segmentation] EXPRESSION loc: [y,x] mask: ` → `1`
 * where the pixel belongs to what the expression refers to, else `0`.
 */
import type { Place } from './pixels.js';

/** What all queries about one expression begin with. */
export function segmentationPrompt(expression: string): string {
  return `<image> [segmentation] ${expression}`;
}

/** What names the pixel, behind the common beginning. */
export function maskQuery({ y, x }: Place): string {
  return ` loc: [${y},${x}] mask: `;
}

/** The answers, by what the mask has there. */
export const MASK_ANSWERS = ['0', '1'] as const;
