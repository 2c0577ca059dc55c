/**
 * What a linear map tells of drawn objects by an encoder's features, on scenes that it was not fitted on. The encoder
 * stays as it is: it is asked what it says, not taught.
 */
import type { Split } from '../pictures/index.js';
import { CLASSES, classOf, READ_ATTRIBUTES, type ReadAttribute } from './attributes.js';
import type { Encoder } from './encoder.js';
import { commonestAccuracy, linearAccuracy } from './linear-classifier.js';
import { type ObjectFeatures, objectFeatures, pictureFeatures, readoutScenes, singleScenes } from './scene-features.js';

/** Shares, 0 to 1, of the objects whose attribute is told. */
export interface ReadoutRow {
  readonly attribute: ReadAttribute;
  /** From the mean over the patches that the object lies in, among up to six others: the one that counts. */
  readonly object: number;
  /** Of always the commonest class. */
  readonly objectChance: number;
  /** From the mean over all patches of a picture with one object. */
  readonly picture: number;
  readonly pictureChance: number;
}

export interface Readout {
  readonly layer: number;
  /** Objects that the maps were fitted on and tested on. */
  readonly fitted: number;
  readonly tested: number;
  readonly rows: readonly ReadoutRow[];
}

export interface ReadoutOptions {
  readonly split: Exclude<Split, 'train'>;
  /** Scenes that the maps are fitted on; a third as many are tested on. */
  readonly scenes: number;
}

/** Measures all attributes. The same encoder and options give the same shares. */
export function measureReadout(encoder: Encoder, { split, scenes }: ReadoutOptions): Readout {
  const side = encoder.vision.imageSize;
  const tested = Math.max(1, Math.round(scenes / 3));
  const object = {
    fitted: objectFeatures(encoder, readoutScenes('train', scenes, side)),
    tested: objectFeatures(encoder, readoutScenes(split, tested, side)),
  };
  const picture = {
    fitted: pictureFeatures(encoder, singleScenes('train', scenes, side)),
    tested: pictureFeatures(encoder, singleScenes(split, tested, side)),
  };
  const rows = READ_ATTRIBUTES.map((attribute) => {
    const [byObject, byPicture] = [read(object, attribute), read(picture, attribute)];
    const chances = { objectChance: byObject.chance, pictureChance: byPicture.chance };
    return { attribute, object: byObject.share, picture: byPicture.share, ...chances };
  });
  return { layer: encoder.layer, fitted: object.fitted.objects.length, tested: object.tested.objects.length, rows };
}

function read(
  { fitted, tested }: { readonly fitted: ObjectFeatures; readonly tested: ObjectFeatures },
  attribute: ReadAttribute,
): { share: number; chance: number } {
  const label = ({ objects, features }: ObjectFeatures) => ({
    features,
    classes: objects.map((object) => classOf(object, attribute)),
  });
  const [one, other] = [label(fitted), label(tested)];
  const share = linearAccuracy(one, other, CLASSES[attribute]);
  return { share, chance: commonestAccuracy(one.classes, other.classes) };
}
