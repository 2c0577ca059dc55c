/** Keys and actions: which keys mean which action of a game. */

/** Keys that mean an action when all of them are down, by `KeyboardEvent.code`. */
export type Keys = readonly string[];

/** Words in the names of actions, and the key that lies nearest. */
const PROPOSED: Readonly<Record<string, string>> = {
  left: 'ArrowLeft',
  right: 'ArrowRight',
  up: 'ArrowUp',
  down: 'ArrowDown',
  gas: 'ArrowUp',
  accelerate: 'ArrowUp',
  brake: 'ArrowDown',
  fire: 'Space',
  jump: 'Space',
};

/** For actions whose names say nothing about a direction. */
const DIGITS = Array.from({ length: 9 }, (_, index) => `Digit${index + 1}`);

/** Keys of each action by index; none of the one that does nothing. */
export function proposedKeys(names: readonly string[], noop: number): Keys[] {
  const digits = [...DIGITS];
  return names.map((name, index) => {
    if (index === noop) return [];
    const words = name.toLowerCase().match(/left|right|up|down|gas|accelerate|brake|fire|jump/g) ?? [];
    const keys = [...new Set(words.map((word) => PROPOSED[word] as string))];
    return keys.length > 0 ? keys : [digits.shift() ?? `Key${String.fromCharCode(65 + index)}`];
  });
}

/** The action of the keys that are down: the one with the most of them; `noop` where none fits. */
export function actionOf(down: ReadonlySet<string>, keys: readonly Keys[], noop: number): number {
  let [best, most] = [noop, 0];
  keys.forEach((own, action) => {
    if (own.length > most && own.every((key) => down.has(key))) [best, most] = [action, own.length];
  });
  return best;
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Space: 'space' },
};

export function keyNames(keys: Keys): string {
  return keys.map((key) => NAMES[key] ?? key.replace(/^(Key|Digit)/, '')).join(' + ') || 'no key';
}
