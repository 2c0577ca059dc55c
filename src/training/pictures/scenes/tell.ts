/**
 * Captions whose form is chosen before they are said: the same telling of two scenes that differ in one thing gives two
 * sentences that differ in that thing alone.
 */
import type { Random } from '../../../core/random.js';
import { type Attribute, describe, enumerate, numberWord, phrase, withArticle } from './describe.js';
import { placeOf } from './places.js';
import { mainSideOf, sideWords } from './relations.js';
import type { Scene, SceneObject } from './scene.js';

/** How a scene is told. */
export interface Telling {
  /** What is said of every object. */
  readonly attributes: readonly Attribute[];
  /** Of every object where it is, of two objects how they lie to each other, or of all how many there are of a kind. */
  readonly form: 'places' | 'relation' | 'listing';
  /** Whether the last objects come first. */
  readonly reversed: boolean;
  readonly background: boolean;
}

const ATTRIBUTES: readonly (readonly Attribute[])[] = [
  ['shape'],
  ['colour', 'shape'],
  ['size', 'shape'],
  ['pattern', 'shape'],
  ['size', 'colour', 'shape'],
  ['pattern', 'colour', 'shape'],
  ['size', 'pattern', 'colour', 'shape'],
];
/** With more objects, only so many attributes, or the sentence would get too long. */
const FEW = { objects: 4, attributes: 2 };
/** Objects whose places are told. */
const PLACED = 3;

/** Draws a telling that suits a scene. */
export function drawTelling(scene: Scene, random: Random): Telling {
  const { length: count } = scene.objects;
  const attributes = random.pick(
    count > FEW.objects ? ATTRIBUTES.filter((a) => a.length <= FEW.attributes) : ATTRIBUTES,
  );
  const forms: Telling['form'][] = ['listing'];
  if (count <= PLACED && scene.objects.every((object) => placeOf(object) !== undefined)) forms.push('places');
  if (count === 2 && mainSideOf(scene.objects[0] as SceneObject, scene.objects[1] as SceneObject))
    forms.push('relation');
  return { attributes, form: random.pick(forms), reversed: random.next() < 0.5, background: random.next() < 0.4 };
}

/** The caption of a scene by a telling. Where the scene does not allow its form, it is a listing. */
export function tell(scene: Scene, { attributes, form, reversed, background }: Telling): string {
  const objects = reversed ? [...scene.objects].reverse() : scene.objects;
  const parts = partsOf(objects, attributes, form);
  if (parts.length === 0) return `an empty ${scene.background} background`;
  return `${enumerate(parts)}${background ? ` on ${withArticle(scene.background)} background` : ''}`;
}

function partsOf(objects: readonly SceneObject[], attributes: readonly Attribute[], form: Telling['form']): string[] {
  const name = (object: SceneObject): string => withArticle(phrase(describe(object, attributes)));
  if (form === 'relation' && objects.length === 2) {
    const [one, other] = objects as [SceneObject, SceneObject];
    const side = mainSideOf(one, other);
    if (side) return [`${name(one)} ${sideWords(side)} ${name(other)}`];
  }
  if (form === 'places') {
    const places = objects.map(placeOf);
    if (places.every((place) => place !== undefined)) return objects.map((one, i) => `${name(one)} ${places[i]}`);
  }
  return listing(objects, attributes);
}

/** Those of one description together: `two red circles`, `a green star`. */
function listing(objects: readonly SceneObject[], attributes: readonly Attribute[]): string[] {
  const groups = new Map<string, SceneObject[]>();
  for (const object of objects) {
    const key = phrase(describe(object, attributes));
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  return [...groups].map(([key, members]) => {
    const { length: count } = members;
    if (count === 1) return withArticle(key);
    return `${numberWord(count)} ${phrase(describe(members[0] as SceneObject, attributes), count)}`;
  });
}
