/** Numbers and names as they are written in pictures. */

/** Whole numbers plainly, others with `digits` after the point, with a real minus sign. */
export function formatNumber(value: number, digits: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 ? size.toExponential(2) : Number.isInteger(size) ? String(size) : size.toFixed(digits);
  return value < 0 ? `−${text}` : text;
}

/** A reward with its sign. */
export function formatReward(reward: number): string {
  return reward > 0 ? `+${formatNumber(reward, 2)}` : formatNumber(reward, 2);
}

/** In whole percent; what is neither impossible nor certain is not written as if it were. */
export function formatChance(chance: number): string {
  if (chance > 0 && chance < 0.01) return '<1 %';
  if (chance < 1 && chance > 0.99) return '>99 %';
  return `${Math.round(100 * chance)} %`;
}

/** Cut to `cells` characters, an ellipsis the last. */
export function shorten(text: string, cells: number): string {
  const characters = [...text];
  return characters.length <= cells ? text : `${characters.slice(0, Math.max(0, cells - 1)).join('')}…`;
}
