/** Captions: one sentence that says all objects of a scene, in one of several ways. */
import type { Random } from '../../../core/random.js';
import { type Attribute, describe, enumerate, numberWord, phrase, withArticle } from './describe.js';
import { mainSideOf, sideWords } from './relations.js';
import type { Scene, SceneObject } from './scene.js';

/** More objects than this are named by colour and shape alone, or the sentence would get too long. */
const DETAILED = 3;

/** A caption of a scene; which details it names and in what order is drawn from `random`. */
export function captionOf(scene: Scene, random: Random): string {
  const attributes = attributesFor(scene, random);
  const things = relation(scene, attributes, random) ?? listing(scene, attributes, random);
  if (things === '') return `an empty ${scene.background} background`;
  return random.next() < 0.5 ? `${things} on ${withArticle(scene.background)} background` : things;
}

function attributesFor({ objects }: Scene, random: Random): Attribute[] {
  const detailed = objects.length <= DETAILED;
  const size: Attribute[] = detailed && random.next() < 0.5 ? ['size'] : [];
  const pattern: Attribute[] = detailed || random.next() < 0.3 ? ['pattern'] : [];
  return [...size, ...pattern, 'colour', 'shape'];
}

/** Two objects that lie clearly beside or above each other are told by that, most of the time. */
function relation({ objects }: Scene, attributes: readonly Attribute[], random: Random): string | undefined {
  if (objects.length !== 2 || random.next() < 0.25) return undefined;
  const order = random.next() < 0.5 ? objects : [...objects].reverse();
  const [one, other] = order as [SceneObject, SceneObject];
  const side = mainSideOf(one, other);
  if (side === undefined) return undefined;
  const name = (object: SceneObject): string => withArticle(phrase(describe(object, attributes)));
  return `${name(one)} ${sideWords(side)} ${name(other)}`;
}

/** All objects, those of one description together: `two red circles and a green star`. */
function listing({ objects }: Scene, attributes: readonly Attribute[], random: Random): string {
  const groups = new Map<string, SceneObject[]>();
  for (const object of objects) {
    const key = phrase(describe(object, attributes));
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  const named = [...groups].map(([key, members]) => {
    const description = describe(members[0] as SceneObject, attributes);
    return members.length === 1
      ? withArticle(key)
      : `${numberWord(members.length)} ${phrase(description, members.length)}`;
  });
  return enumerate(shuffle(named, random));
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}
