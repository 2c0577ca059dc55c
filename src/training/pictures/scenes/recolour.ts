/**
 * Scenes in few colours: shapes are easier to learn in black and white, before every pair of colours has to be told
 * apart.
 */
import type { Random } from '../../../core/random.js';
import { isDistinct, makeBackdrop } from './make-scene.js';
import { COLOUR_NAMES, type ColourName, shadeOf } from './palette.js';
import type { Scene } from './scene.js';

/** In the order in which they come in; of each count from two on, every background leaves a colour that is distinct. */
const ORDER: readonly ColourName[] = [
  ...([
    'black',
    'white',
    'yellow',
    'blue',
    'red',
    'cyan',
    'green',
    'pink',
    'purple',
    'orange',
    'brown',
    'gray',
  ] as const),
];

/** The scene in the first `count` colours, drawn anew; as it is where that is all. */
export function recolour(scene: Scene, count: number, random: Random): Scene {
  if (count >= COLOUR_NAMES.length) return scene;
  const { difficulty } = scene;
  const names = ORDER.slice(0, Math.max(2, count));
  const background = random.pick(names);
  const colours = names.filter((name) => isDistinct(name, background));
  const objects = scene.objects.map((object) => {
    const colour = random.pick(colours);
    return { ...object, colour, rgb: shadeOf(colour, difficulty, random) };
  });
  return { ...scene, background, backdrop: makeBackdrop(background, difficulty, random), objects };
}
