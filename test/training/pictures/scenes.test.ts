/** Scenes: the same seed gives the same picture, and what is said of a picture is true of its pixels. */
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../../src/core/hash.js';
import { createRandom } from '../../../src/core/random.js';
import {
  captionOf,
  drawScene,
  makeScene,
  maskOf,
  openScenes,
  QUESTION_KINDS,
  questionsOf,
  referencesOf,
  SPLITS,
} from '../../../src/training/pictures/index.js';
import { PALETTE } from '../../../src/training/pictures/scenes/palette.js';
import { distanceTo, SHAPE_NAMES } from '../../../src/training/pictures/scenes/shapes.js';

const SIDE = 96;
const many = (count: number, difficulty: number) => Array.from({ length: count }, (_, i) => makeScene(i, difficulty));

describe('shapes', () => {
  it.each(SHAPE_NAMES)('%s fills part of the unit disc and nothing far outside', (shape) => {
    let inside = 0;
    let outside = 0;
    for (let y = -1.5; y <= 1.5; y += 0.05) {
      for (let x = -1.5; x <= 1.5; x += 0.05) {
        if (distanceTo(shape, y, x) >= 0) continue;
        if (Math.hypot(y, x) <= 1.15) inside++;
        else outside++;
      }
    }
    // The unit disc has about 1,257 points of this grid.
    expect(inside).toBeGreaterThan(250);
    expect(inside).toBeLessThan(1400);
    expect(outside).toBe(0);
  });

  it.each(SHAPE_NAMES)('%s has a distance that no step exceeds', (shape) => {
    const random = createRandom(1, shape);
    for (let i = 0; i < 500; i++) {
      const [y, x] = [3 * random.next() - 1.5, 3 * random.next() - 1.5];
      const angle = 2 * Math.PI * random.next();
      const change =
        distanceTo(shape, y + 0.01 * Math.sin(angle), x + 0.01 * Math.cos(angle)) - distanceTo(shape, y, x);
      expect(Math.abs(change)).toBeLessThanOrEqual(0.0101);
    }
  });
});

describe('drawing', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const hashes = [1, 1, 2].map((seed) => hashArray(drawScene(makeScene(seed, 0.7), SIDE).image));
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('paints few exact colours in simple scenes', () => {
    for (const scene of many(30, 0)) {
      const { image, owners } = drawScene(scene, SIDE);
      const background = PALETTE[scene.background];
      const corner = owners.indexOf(0);
      expect([...image.data.subarray(corner * 3, corner * 3 + 3)]).toEqual([...background]);
      const colours = new Set<number>();
      for (let i = 0; i < owners.length; i++) {
        colours.add(
          (image.data[3 * i] as number) * 65536 +
            (image.data[3 * i + 1] as number) * 256 +
            (image.data[3 * i + 2] as number),
        );
      }
      // The objects' colours, the background's, and what lies between them along the edges.
      expect(colours.size).toBeLessThan(scene.objects.length * 250 + 2);
    }
  });

  it('gives each object a box that fits its mask exactly, inside the picture', () => {
    for (const scene of many(60, 1)) {
      const drawn = drawScene(scene, SIDE);
      for (const [i, [y0, x0, y1, x1]] of drawn.boxes.entries()) {
        const mask = maskOf(drawn, i);
        const pixels = [...mask.keys()].filter((pixel) => mask[pixel] === 1);
        const rows = pixels.map((pixel) => Math.floor(pixel / SIDE));
        const columns = pixels.map((pixel) => pixel % SIDE);
        expect([y0, x0, y1, x1]).toEqual([
          Math.min(...rows),
          Math.min(...columns),
          Math.max(...rows),
          Math.max(...columns),
        ]);
      }
    }
  });

  it('paints an object in its colour where its mask is', () => {
    for (const scene of many(40, 0.4)) {
      const drawn = drawScene(scene, SIDE);
      for (const [i, object] of scene.objects.entries()) {
        if (object.pattern !== 'plain') continue;
        const mask = maskOf(drawn, i);
        // Two pixels from any edge, also from that of an object in front.
        const around = [-2, -1, 0, 1, 2].flatMap((down) => [-2, -1, 0, 1, 2].map((along) => down * SIDE + along));
        const inner = [...mask.keys()].filter((pixel) => around.every((step) => mask[pixel + step] === 1));
        for (const pixel of inner) {
          const got = [...drawn.image.data.subarray(pixel * 3, pixel * 3 + 3)];
          for (const [c, value] of object.rgb.entries()) {
            expect(Math.abs((got[c] as number) - Math.min(Math.max(value, 0), 255))).toBeLessThanOrEqual(1);
          }
        }
      }
    }
  });
});

describe('splits', () => {
  it('never share a scene', () => {
    const source = openScenes({ side: 16, difficulty: [0, 1] });
    const hashes = SPLITS.flatMap((split) => [0, 1, 2, 3].map((index) => source.sample(split, index).origin));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashArray(source.sample('train', 3).image)).toBe(hashArray(source.sample('train', 3).image));
  });
});

describe('what is said', () => {
  it('counts and names what a caption lists', () => {
    const scene = makeScene(0, 0);
    const objects = (['red', 'red', 'blue'] as const).map((colour, i) => ({
      ...{ shape: 'circle' as const, colour, rgb: PALETTE[colour], pattern: 'plain' as const, size: 'small' as const },
      ...{ y: 0.2 + 0.3 * i, x: 0.5, radius: 0.08, angle: 0 },
    }));
    const captions = Array.from({ length: 40 }, (_, i) => captionOf({ ...scene, objects }, createRandom(i)));
    for (const caption of captions) {
      expect(caption).toMatch(/two (small )?red circles/);
      expect(caption).toMatch(/\ba (small )?blue circle/);
    }
    expect(captionOf({ ...scene, objects: [] }, createRandom(0))).toBe(`an empty ${scene.background} background`);
  });

  it('refers to exactly one object', () => {
    let checked = 0;
    for (const scene of many(150, 1)) {
      const drawn = drawScene(scene, SIDE);
      for (const { expression, object, box, mask } of referencesOf(drawn, createRandom(scene.seed))) {
        const words = expression.split(' ').slice(1);
        const place = /(left|right|top|bottom)most/.exec(expression)?.[1];
        const named = scene.objects.filter((candidate) =>
          words.every((word) => word === 'object' || word.endsWith('most') || Object.values(candidate).includes(word)),
        );
        const own = scene.objects[object]!;
        expect(named).toContain(own);
        if (place) {
          const axis = place === 'left' || place === 'right' ? 'x' : 'y';
          const sorted = [...named].sort((a, b) => a[axis] - b[axis]);
          expect(place === 'left' || place === 'top' ? sorted[0] : sorted.at(-1)).toBe(own);
        } else expect(named).toEqual([own]);
        expect(box).toEqual(drawn.boxes[object]);
        expect(Buffer.compare(mask, maskOf(drawn, object))).toBe(0);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(300);
  });

  it('asks what the scene answers', () => {
    const seen = new Set<string>();
    for (const scene of many(300, 0.8)) {
      for (const { kind, question, answer } of questionsOf(scene, createRandom(scene.seed))) {
        seen.add(kind);
        const has = (word: string) => scene.objects.filter((object) => Object.values(object).includes(word));
        if (kind === 'count') {
          const words = question.split(' ')[2] === 'objects' ? '' : question.split(' ')[2]!;
          const word = /How many (\w+) objects/.exec(question)?.[1] ?? words.replace(/(?<=cross)es$|s$/, '');
          expect(answer).toBe(String(has(word).length));
        } else if (kind === 'existence') {
          const [colour, shape] = question.replace('?', '').split(' ').slice(-2) as [string, string];
          expect(answer).toBe(has(colour).some((object) => object.shape === shape) ? 'yes' : 'no');
        } else if (kind === 'relation') {
          expect(/left or to the right/.test(question) ? ['left', 'right'] : ['above', 'below']).toContain(answer);
        } else if (kind === 'colour' || kind === 'shape' || kind === 'pattern') {
          expect(has(answer).length).toBeGreaterThan(0);
          expect(question.replace('plain, striped, dotted or checked', '')).not.toContain(answer);
        }
      }
    }
    expect([...seen].sort()).toEqual([...QUESTION_KINDS].sort());
  });

  it('lets the words of a question tell little of its answer', () => {
    const byKind = new Map<string, Map<string, number>>();
    for (let seed = 0; seed < 3000; seed++) {
      const random = createRandom(seed, 'difficulty');
      for (const { kind, answer } of questionsOf(makeScene(seed, random.next()), random)) {
        const counts = byKind.get(kind) ?? new Map<string, number>();
        byKind.set(kind, counts.set(answer, (counts.get(answer) ?? 0) + 1));
      }
    }
    // The share that always giving the commonest answer would get.
    const highest = {
      colour: 0.14,
      shape: 0.16,
      pattern: 0.33,
      count: 0.45,
      existence: 0.54,
      relation: 0.31,
      size: 0.54,
    };
    for (const [kind, counts] of byKind) {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      expect(Math.max(...counts.values()) / total, kind).toBeLessThan(highest[kind as keyof typeof highest]);
    }
  });
});
