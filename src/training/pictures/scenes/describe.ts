/** Words for what is in a scene: descriptions by attributes, and which objects one fits. */
import type { ColourName } from './palette.js';
import type { SceneObject, SizeName } from './scene.js';
import type { ShapeName } from './shapes.js';
import type { PatternName } from './textures.js';

/** Attributes that an object may be described by; what is left out is not said. */
export interface Description {
  readonly size?: SizeName;
  readonly pattern?: PatternName;
  readonly colour?: ColourName;
  readonly shape?: ShapeName;
}

export type Attribute = keyof Description;

/** The description of an object by some of its attributes. */
export function describe(object: SceneObject, attributes: readonly Attribute[]): Description {
  return Object.fromEntries(attributes.map((name) => [name, object[name]]));
}

/** Whether an object is as described. */
export function fits(object: SceneObject, description: Description): boolean {
  return (Object.entries(description) as [Attribute, string][]).every(([name, value]) => object[name] === value);
}

/** The objects that a description fits. */
export function fitting(objects: readonly SceneObject[], description: Description): SceneObject[] {
  return objects.filter((object) => fits(object, description));
}

/** `large striped red circle`; without a shape, `object`. With a count other than 1, in the plural. */
export function phrase({ size, pattern, colour, shape }: Description, count = 1): string {
  const noun = shape ?? 'object';
  const shown = pattern === 'plain' ? undefined : pattern;
  return [size, shown, colour, count === 1 ? noun : plural(noun)].filter((word) => word !== undefined).join(' ');
}

/** `a red circle`, `an orange star`. */
export function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];

/** A small count in words. */
export function numberWord(count: number): string {
  return NUMBERS[count] ?? String(count);
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function plural(noun: string): string {
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}
