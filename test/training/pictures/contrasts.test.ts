/** Scenes that differ in one thing, and captions that say it. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { makeScene, mixSources, openContrasts, openScenes } from '../../../src/training/pictures/index.js';
import { ALTERATIONS } from '../../../src/training/pictures/scenes/alter.js';
import { contrastGroup } from '../../../src/training/pictures/scenes/contrasts.js';
import { isDistinct } from '../../../src/training/pictures/scenes/make-scene.js';
import { placeOf } from '../../../src/training/pictures/scenes/places.js';
import { recolour } from '../../../src/training/pictures/scenes/recolour.js';
import type { Scene, SceneObject } from '../../../src/training/pictures/scenes/scene.js';

const GROUPS = 400;
const groups = Array.from({ length: GROUPS }, (_, seed) => contrastGroup(seed, (seed % 5) / 4, 3));
const pairs = groups.flatMap(([first, ...others]) => others.map((other) => ({ first: first!, other })));

/** The things of an object that differ: attributes, and where it is. */
function differences(one: SceneObject, other: SceneObject): string[] {
  const names = (['shape', 'size', 'pattern', 'colour'] as const).filter((name) => one[name] !== other[name]);
  return one.y === other.y && one.x === other.x ? names : [...names, 'place'];
}

/** What differs between two scenes whose objects stand in the same order. */
function differencesOf(one: Scene, other: Scene): string[] {
  const difference = one.objects.length - other.objects.length;
  if (difference !== 0) {
    expect(Math.abs(difference)).toBe(1);
    const [more, less] = difference > 0 ? [one, other] : [other, one];
    expect(less.objects.every((object) => more.objects.includes(object))).toBe(true);
    return ['number'];
  }
  return one.objects.flatMap((object, i) => differences(object, other.objects[i]!));
}

/** What a caption says is there, in no order. */
const saidIn = (caption: string): string[] => caption.split(/, | and /).sort();

describe('a group of contrasting scenes', () => {
  it('differs from its first in exactly the thing it says, and every thing has its turn', () => {
    for (const { first, other } of pairs) expect(differencesOf(first.scene, other.scene)).toEqual([other.altered]);
    const counts = ALTERATIONS.map((kind) => pairs.filter(({ other }) => other.altered === kind).length);
    for (const count of counts) expect(count).toBeGreaterThan(pairs.length / 50);
    expect(pairs.length).toBeGreaterThan(GROUPS * 1.95);
  });

  it(
    'has captions that are false of each other in what they say is there, and alike in what they say of the ' +
      'background',
    () => {
      for (const { first, other } of pairs) {
        expect(saidIn(other.caption)).not.toEqual(saidIn(first.caption));
        expect(other.caption.includes('background')).toBe(first.caption.includes('background'));
      }
    },
  );

  it('tells a changed attribute by its word, which is in the one caption as often as the other has it', () => {
    const told = pairs.filter(({ other }) => other.altered === 'shape' || other.altered === 'colour');
    expect(told.length).toBeGreaterThan(100);
    for (const { first, other } of told) {
      const name = other.altered as 'shape' | 'colour';
      const i = first.scene.objects.findIndex((object, at) => object[name] !== other.scene.objects[at]![name]);
      const word = other.scene.objects[i]![name];
      const [before, after] = [first, other].map(
        ({ scene }) => scene.objects.filter((one) => one[name] === word).length,
      );
      expect(after).toBe(before! + 1);
      expect(other.caption).toContain(word);
    }
  });

  it('moves an object to where another word is right', () => {
    const moved = pairs.filter(({ other }) => other.altered === 'place');
    expect(moved.length).toBeGreaterThan(20);
    for (const { first, other } of moved) {
      if (/left of|right of|above|below/.test(first.caption)) continue;
      const places = [first, other].map(({ scene }) => scene.objects.map(placeOf));
      expect(places[0]).not.toEqual(places[1]);
      for (const place of places.flat()) expect(place).toBeDefined();
    }
  });

  it('is the same from the same seed, and another from another', () => {
    expect(contrastGroup(17, 0.6, 4)).toEqual(contrastGroup(17, 0.6, 4));
    expect(contrastGroup(18, 0.6, 4)[0]).not.toEqual(contrastGroup(17, 0.6, 4)[0]);
  });
});

describe('few colours', () => {
  it.each([2, 3, 5, 8])('are the first %i, distinct from their background, and leave all else as it is', (count) => {
    const colours = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const scene = makeScene(seed, 0.5);
      const few = recolour(scene, count, createRandom(seed, 'few'));
      colours.add(few.background);
      for (const [i, object] of few.objects.entries()) {
        colours.add(object.colour);
        expect(isDistinct(object.colour, few.background)).toBe(true);
        const { colour, rgb } = scene.objects[i]!;
        expect({ ...object, colour, rgb }).toEqual(scene.objects[i]);
      }
    }
    expect(colours.size).toBe(count);
    expect(recolour(makeScene(1, 1), 12, createRandom(1))).toEqual(makeScene(1, 1));
  });
});

describe('a source of contrasting scenes', () => {
  const source = openContrasts({ side: 32, group: 2, difficulty: (index) => [index / 100, index / 100] });

  it('puts a group side by side, draws what the captions say, and opens each split by itself', () => {
    const [one, other, next] = [8, 9, 10].map((index) => source.sample('train', index));
    expect(differencesOf(one!.drawn!.scene, other!.drawn!.scene)).toHaveLength(1);
    expect(one!.image.data).not.toEqual(other!.image.data);
    expect(next!.drawn!.scene.seed).toBe(one!.drawn!.scene.seed + 1);
    expect(source.sample('train', 9).image.data).toEqual(other!.image.data);
    expect(source.sample('validation', 9).drawn!.scene.seed).not.toBe(other!.drawn!.scene.seed);
    expect(source.sample('train', 60).drawn!.scene.difficulty).toBe(0.6);
  });

  it('stays together in a mixture', () => {
    const mixture = mixSources(
      [
        { source, weight: 1 },
        { source: openScenes({ side: 32, difficulty: 0 }), weight: 1 },
      ],
      5,
      2,
    );
    const names = Array.from({ length: 40 }, (_, i) => mixture.sample('train', i).source);
    for (let i = 0; i < 40; i += 2) expect(names[i]).toBe(names[i + 1]);
    expect(new Set(names).size).toBe(2);
  });
});

describe('words for places', () => {
  it('name the nine parts of a picture, and nothing near the lines between them', () => {
    expect(placeOf({ y: 0.1, x: 0.1 })).toBe('at the top left');
    expect(placeOf({ y: 0.5, x: 0.5 })).toBe('in the middle');
    expect(placeOf({ y: 0.9, x: 0.5 })).toBe('at the bottom');
    expect(placeOf({ y: 0.5, x: 1 })).toBe('on the right');
    expect(placeOf({ y: 0.34, x: 0.5 })).toBeUndefined();
    expect(placeOf({ y: 0.5, x: 0.65 })).toBeUndefined();
  });
});
