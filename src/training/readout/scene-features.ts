/** Features of drawn objects: the mean over the patches that an object lies in, and the mean over a whole picture. */
import * as tf from '@tensorflow/tfjs';
import { preprocess } from '../../model/image/index.js';
import { type DrawnScene, drawScene, makeScene, type SceneObject, type Split, sceneSeed } from '../pictures/index.js';
import { coverageOf } from '../pictures/scenes/coverage.js';
import { stackPictures } from '../start/patch-features.js';
import type { Encoder } from './encoder.js';

/** Objects, and for each its features: [objects · width]. */
export interface ObjectFeatures {
  readonly objects: readonly SceneObject[];
  readonly features: Float32Array;
}

/** Pictures that go through the encoder at once. */
const BATCH = 32;
/** Training scenes begin here: none that a run of today comes to. */
const FIRST = 5e9;
const DIFFICULTIES = 5;

/** Scenes of a split, of every difficulty in turn. */
export function readoutScenes(split: Split, count: number, side: number): DrawnScene[] {
  return Array.from({ length: count }, (_, i) => {
    const seed = sceneSeed(split, split === 'train' ? FIRST + i : i);
    return drawScene(makeScene(seed, (i % DIFFICULTIES) / (DIFFICULTIES - 1)), side);
  });
}

/** The same scenes with their first object alone. */
export function singleScenes(split: Split, count: number, side: number): DrawnScene[] {
  return readoutScenes(split, count, side).map(({ scene }) =>
    drawScene({ ...scene, objects: scene.objects.slice(0, 1) }, side),
  );
}

/** Each object that can be seen, by the patches in which it lies, each weighted by the object's pixels in it. */
export function objectFeatures(encoder: Encoder, scenes: readonly DrawnScene[]): ObjectFeatures {
  return featuresOf(encoder, scenes, (scene, grid) =>
    coverageOf(scene, encoder.vision.patchSize).map((coverage) => {
      const weights = new Float32Array(grid * grid);
      for (const [patch, pixels] of coverage.pixels) weights[patch] = pixels / coverage.visible;
      return { object: scene.scene.objects[coverage.object] as SceneObject, weights };
    }),
  );
}

/** The only object of each picture, by the mean over all patches. */
export function pictureFeatures(encoder: Encoder, scenes: readonly DrawnScene[]): ObjectFeatures {
  return featuresOf(encoder, scenes, ({ scene }, grid) => {
    const object = scene.objects[0] as SceneObject;
    return [{ object, weights: new Float32Array(grid * grid).fill(1 / (grid * grid)) }];
  });
}

/** An object, and the weights of the patches that stand for it. */
type Weighted = { readonly object: SceneObject; readonly weights: Float32Array };

function featuresOf(
  encoder: Encoder,
  scenes: readonly DrawnScene[],
  weighted: (scene: DrawnScene, grid: number) => readonly Weighted[],
): ObjectFeatures {
  const { imageSize: side, patchSize: patch } = encoder.vision;
  const grid = Math.floor(side / patch);
  const objects: SceneObject[] = [];
  const parts: Float32Array[] = [];
  for (let first = 0; first < scenes.length; first += BATCH) {
    const own = scenes.slice(first, first + BATCH);
    tf.tidy(() => {
      const pixels = own.map(({ image }) => preprocess(image, encoder.processing).data);
      const features = tf.unstack(encoder.features(stackPictures(pixels, side))) as tf.Tensor2D[];
      for (const [i, scene] of own.entries()) {
        const found = weighted(scene, grid);
        if (found.length === 0) continue;
        const weights = tf.stack(found.map((one) => tf.tensor1d(one.weights))) as tf.Tensor2D;
        parts.push(tf.matMul(weights, features[i] as tf.Tensor2D).dataSync<'float32'>());
        objects.push(...found.map(({ object }) => object));
      }
    });
  }
  const features = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    features.set(part, at);
    at += part.length;
  }
  return { objects, features };
}
