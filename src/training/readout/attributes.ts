/** What is asked of an object: its classes, and which of them it is. */
import { COLOUR_NAMES } from '../pictures/scenes/palette.js';
import { ninthOf, PLACE_WORDS } from '../pictures/scenes/places.js';
import { type SceneObject, SIZE_NAMES } from '../pictures/scenes/scene.js';
import { SHAPE_NAMES } from '../pictures/scenes/shapes.js';
import { PATTERNS } from '../pictures/scenes/textures.js';

export const READ_ATTRIBUTES = ['colour', 'shape', 'size', 'pattern', 'place'] as const;
export type ReadAttribute = (typeof READ_ATTRIBUTES)[number];

/** How many classes an attribute has. */
export const CLASSES: Readonly<Record<ReadAttribute, number>> = {
  colour: COLOUR_NAMES.length,
  shape: SHAPE_NAMES.length,
  size: SIZE_NAMES.length,
  pattern: PATTERNS.length,
  place: PLACE_WORDS.length,
};

/** The class of an object, from 0; its place is the ninth of the picture that its centre lies in. */
export function classOf(object: SceneObject, attribute: ReadAttribute): number {
  if (attribute === 'place') return ninthOf(object);
  const names: readonly string[] = { colour: COLOUR_NAMES, shape: SHAPE_NAMES, size: SIZE_NAMES, pattern: PATTERNS }[
    attribute
  ];
  return names.indexOf(object[attribute]);
}
