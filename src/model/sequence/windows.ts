/** Sliding windows: layers whose tokens see only the last so many before them. */
import { AgentError } from '../../core/errors.js';
import { type BatchLayout, HIDDEN } from './layout.js';

/**
 * The mask of a layer with a window of `window` tokens, the asking one included, [rows, 1, width, past + width].
 * @returns null where the window hides nothing that is not hidden already, so that the layout's own mask serves.
 * Throws `usage` for packed branches beyond the window, which have no mask of their own.
 */
export function windowMask(layout: BatchLayout, window: number): { rows: number; mask: Float32Array } | null {
  const { batch, width, past, positions, visibility } = layout;
  if (positions.every((position) => position < window)) return null;
  if (visibility.kind === 'packed') {
    throw new AgentError('usage', 'many answers of one length behind a prompt longer than the sliding window', {
      expected: `at most ${window} tokens, sliding_window in config.json, where eight or more answers are packed`,
      got: `${Math.max(...positions) + 1} tokens`,
      next: 'a shorter prompt, or fewer than eight answers at once',
    });
  }
  const keys = past + width;
  const mask = new Float32Array(batch * width * keys);
  for (let row = 0; row < batch; row++) {
    for (let query = 0; query < width; query++) {
      const from = (row * width + query) * keys;
      const given = visibility.mask?.subarray(((visibility.rows === 1 ? 0 : row) * width + query) * keys) ?? [];
      const position = positions[row * width + query] as number;
      for (let key = 0; key < keys; key++) {
        const isFar = position - positionOf(layout, row, key) >= window;
        mask[from + key] = isFar ? HIDDEN : (given[key] ?? 0);
      }
    }
  }
  return { rows: batch, mask };
}

function positionOf({ past, width, positions, pastPositions }: BatchLayout, row: number, key: number): number {
  if (key >= past) return positions[row * width + key - past] as number;
  return pastPositions ? (pastPositions[row * past + key] as number) : key;
}
