/** Keys as a person has changed them, kept in this browser. */
import { type Keys, proposedKeys } from './keys.js';

/** Each game has its own. */
const storeName = (game: string): string => `keys of ${game}`;

export function readKeys(game: string, names: readonly string[], noop: number): Keys[] {
  const proposed = proposedKeys(names, noop);
  try {
    const kept = JSON.parse(localStorage.getItem(storeName(game)) ?? '{}') as Record<string, Keys>;
    return names.map((name, index) => (Array.isArray(kept[name]) ? kept[name] : (proposed[index] as Keys)));
  } catch {
    return proposed;
  }
}

export function keepKeys(game: string, names: readonly string[], keys: readonly Keys[]): void {
  const entries = names.map((name, index) => [name, keys[index]]);
  try {
    localStorage.setItem(storeName(game), JSON.stringify(Object.fromEntries(entries)));
  } catch {
    // A browser that keeps nothing: they hold until the page is closed.
  }
}
