/**
 * Groups of scenes that differ in one thing, told in the same way: each picture's caption is a hard negative of the
 * others', and each picture is one of the others' captions. A model that looks at colours alone cannot tell them apart.
 */
import { createRandom } from '../../../core/random.js';
import type { ImageSample, ImageSource } from '../image-source.js';
import { ALTERATIONS, type Alteration, alter } from './alter.js';
import { drawScene } from './draw-scene.js';
import { makeScene } from './make-scene.js';
import { COLOUR_NAMES } from './palette.js';
import { placeOf } from './places.js';
import { recolour } from './recolour.js';
import { mainSideOf, type Side } from './relations.js';
import type { Scene } from './scene.js';
import { sceneSeed } from './scene-source.js';
import { drawTelling, type Telling, tell } from './tell.js';

export interface ToldScene {
  readonly scene: Scene;
  readonly caption: string;
  /** What tells it from the first of its group; undefined for the first. */
  readonly altered?: Alteration;
}

/** Draws for an alteration that can be told. */
const TRIES = 40;

/**
 * A group of at most `size` scenes; smaller only where hardly anything can be altered. The first is the one that others
 * differ from.
 */
export function contrastGroup(
  seed: number,
  difficulty: number,
  size: number,
  colours: number = COLOUR_NAMES.length,
): ToldScene[] {
  const random = createRandom(seed, 'contrast group');
  const scene = recolour(makeScene(seed, difficulty), colours, random);
  const telling = drawTelling(scene, random);
  const group: ToldScene[] = [{ scene, caption: tell(scene, telling) }];
  for (let attempt = 0; attempt < TRIES && group.length < size; attempt++) {
    const altered = random.pick(tellable(telling));
    const other = alter(scene, altered, random);
    if (other === undefined || !isHeard(scene, other, { altered, telling })) continue;
    const caption = tell(other, telling);
    if (group.every((told) => told.caption !== caption)) group.push({ scene: other, caption, altered });
  }
  return group;
}

/** What a telling says, so that a change of it is heard. */
function tellable({ attributes, form }: Telling): Alteration[] {
  const said = ALTERATIONS.filter((kind) => (attributes as readonly string[]).includes(kind));
  return [...said, form === 'listing' ? 'number' : 'place'];
}

/** Whether the caption of the one is false of the other: where a place is told, it has to be clearly another. */
function isHeard(one: Scene, other: Scene, how: { altered: Alteration; telling: Telling }): boolean {
  if (how.altered !== 'place') return true;
  if (how.telling.form === 'relation') return OPPOSITE[sideIn(one) ?? 'left'] === sideIn(other);
  return other.objects.every((object) => placeOf(object) !== undefined);
}

const OPPOSITE: Readonly<Record<Side, Side>> = { left: 'right', right: 'left', above: 'below', below: 'above' };

function sideIn({ objects: [one, other] }: Scene): Side | undefined {
  return one && other && mainSideOf(one, other);
}

export interface ContrastOptions {
  readonly side: number;
  /** Least and most difficulty, of which each group's is drawn; it may depend on a picture's index. */
  readonly difficulty: (index: number) => readonly [least: number, most: number];
  /** Colours of the first scene of a group; all by default. */
  readonly colours?: (index: number) => number;
  /** Pictures of a group, which follow one another. */
  readonly group: number;
}

/** Groups without end: pictures from a multiple of `group` on belong together. */
export function openContrasts({ side, difficulty, colours, group }: ContrastOptions): ImageSource {
  return {
    name: 'contrasts',
    size: () => Number.POSITIVE_INFINITY,
    sample: (split, index): ImageSample => {
      const number = Math.floor(index / group);
      const seed = sceneSeed(split, number);
      const [least, most] = difficulty(number * group);
      const random = createRandom(seed, 'contrast source');
      const told = contrastGroup(seed, least + (most - least) * random.next(), group, colours?.(number * group));
      // Where a group is smaller, its pictures come again; equal captions are right for each other.
      const { scene, caption } = told[(index % group) % told.length] as ToldScene;
      const drawn = drawScene(scene, side);
      return { image: drawn.image, source: 'contrasts', origin: `contrast ${seed} ${index % group}`, caption, drawn };
    },
  };
}
