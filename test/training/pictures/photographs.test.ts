/** Photographs: what is held out stays out, crops are the same each time, and the committed list is sound. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashArray } from '../../../src/core/hash.js';
import { createRandom } from '../../../src/core/random.js';
import { openPhotographs } from '../../../src/training/pictures/index.js';
import { centreCrop, randomCrop } from '../../../src/training/pictures/photographs/crop.js';
import { areNear, perceptualHash } from '../../../src/training/pictures/photographs/perceptual-hash.js';
import { type PhotographList, readPhotographList } from '../../../src/training/pictures/photographs/photograph-list.js';

let folder: string;
let list: PhotographList;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photographs-'));
  const files: PhotographList['files'] = [];
  for (const [name, use] of [
    ['a', 'train'],
    ['b', 'train'],
    ['held', 'test'],
    ['check', 'validation'],
  ] as const) {
    const path = join(folder, 'installed', 'package', `${name}.png`);
    await blobs(name, path);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    files.push({ package: 'package', path: `${name}.png`, sha256, use });
  }
  list = { packages: [{ name: 'package', registry: 'pypi', version: '1', license: 'none' }], files };
});
afterAll(() => rm(folder, { recursive: true }));

/** A picture of soft random blobs: as little like another as two photographs are. */
async function blobs(name: string, path: string, size = 200): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const random = createRandom(7, name);
  const small = Buffer.from(Uint8Array.from({ length: 10 * 8 * 3 }, () => random.integer(256)));
  const picture = sharp(small, { raw: { width: 10, height: 8, channels: 3 } });
  await picture.resize(Math.round(size * 1.25), size, { kernel: 'cubic' }).toFile(path);
}

const open = (folders: string[] = [], extra: { budget?: number } = {}) =>
  openPhotographs({ side: 48, seed: 3, installed: join(folder, 'installed'), list, folders, shorter: 120, ...extra });

describe('the source', () => {
  it('gives crops for training and whole pictures for the rest', async () => {
    const source = await open();
    expect(source.size('train')).toBe(Number.POSITIVE_INFINITY);
    expect([source.size('validation'), source.size('test')]).toEqual([1, 1]);
    expect(source.sample('test', 0).origin).toBe('package/held.png');
    const crops = Array.from({ length: 12 }, (_, index) => source.sample('train', index));
    expect(new Set(crops.map(({ image }) => hashArray(image))).size).toBe(12);
    expect(new Set(crops.map(({ origin }) => origin))).toEqual(new Set(['package/a.png', 'package/b.png']));
    for (const { image } of crops) expect(image.shape).toEqual([48, 48, 3]);
    const again = await open();
    expect(hashArray(again.sample('train', 5).image)).toBe(hashArray(crops[5]!.image));
    const other = await openPhotographs({
      side: 48,
      seed: 4,
      installed: join(folder, 'installed'),
      list,
      shorter: 120,
    });
    expect(hashArray(other.sample('train', 5).image)).not.toBe(hashArray(crops[5]!.image));
  });

  it("takes the user's pictures, but no version of one that is held out, and none twice", async () => {
    const own = join(folder, 'own');
    await blobs('mine', join(own, 'deep', 'mine.jpg'));
    await blobs('mine', join(own, 'mine-larger.webp'), 320);
    await blobs('held', join(own, 'held-smaller.jpg'), 90);
    await sharp(join(folder, 'installed', 'package', 'check.png'))
      .modulate({ brightness: 1.1 })
      .toFile(join(own, 'brighter.jpg'));
    const { leftOut } = await open([own]);
    expect(Object.fromEntries(leftOut.map(({ origin, reason }) => [origin.slice(own.length + 1), reason]))).toEqual({
      'held-smaller.jpg': 'near a held-out photograph',
      'brighter.jpg': 'near a held-out photograph',
      'mine-larger.webp': 'near another photograph',
    });
  });

  it('stays within its memory', async () => {
    const { leftOut } = await open([], { budget: 120 * 150 * 3 });
    expect(leftOut).toEqual([{ origin: 'package/b.png', reason: 'over the memory budget' }]);
  });

  it('says what to do where the held-out photographs are missing', async () => {
    await expect(openPhotographs({ side: 48, seed: 1, installed: join(folder, 'nothing'), list })).rejects.toThrow(
      /agent setup --photographs/,
    );
  });
});

describe('crops', () => {
  it('come from inside the picture', () => {
    // Row and column of each pixel are its colour: what lies beside each other must have been beside each other.
    const data = new Uint8Array(100 * 160 * 3);
    for (let y = 0; y < 100; y++) for (let x = 0; x < 160; x++) data.set([y, x, 0], (y * 160 + x) * 3);
    const frame = { dtype: 'uint8', shape: [100, 160, 3], data } as const;
    for (let seed = 0; seed < 50; seed++) {
      const { image: crop } = randomCrop([frame], 32, createRandom(seed));
      const at = (y: number, x: number) => [...crop.data.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 2)];
      const [height, width] = [at(31, 0)[0]! - at(0, 0)[0]!, Math.abs(at(0, 31)[1]! - at(0, 0)[1]!)];
      expect(height).toBeGreaterThanOrEqual(22);
      expect(Math.abs(height - width)).toBeLessThanOrEqual(2);
    }
  });

  it('are of the photograph with the most detail, and whole where there is none', () => {
    const side = 64;
    const made = (valueAt: (y: number, x: number) => number) => {
      const data = new Uint8Array(100 * 100 * 3);
      for (let y = 0; y < 100; y++) {
        for (let x = 0; x < 100; x++) data.fill(valueAt(y, x), (y * 100 + x) * 3, (y * 100 + x) * 3 + 3);
      }
      return { dtype: 'uint8', shape: [100, 100, 3], data } as const;
    };
    const [flat, slope, texture] = [made(() => 7), made((_, x) => 2 * x), made((y, x) => (x * 37 + y * 91) % 256)];
    for (let seed = 0; seed < 50; seed++) {
      expect(randomCrop([slope, texture, flat], side, createRandom(seed)).photograph).toBe(1);
      expect(randomCrop([flat, slope], side, createRandom(seed)).photograph).toBe(1);
    }
    const { image, photograph } = randomCrop([flat, flat], side, createRandom(1));
    expect(photograph).toBe(0);
    expect(new Set(image.data)).toEqual(new Set([7]));
  });

  it('of the middle are as wide as the picture is high', () => {
    const data = new Uint8Array(100 * 160 * 3);
    for (let y = 0; y < 100; y++) for (let x = 0; x < 160; x++) data.set([y, x, 0], (y * 160 + x) * 3);
    const frame = { dtype: 'uint8', shape: [100, 160, 3], data } as const;
    expect([...centreCrop(frame, 100).data.subarray(0, 3)]).toEqual([0, 30, 0]);
  });
});

describe('perceptual hashes', () => {
  it('are near for versions of a picture and far for different ones', () => {
    const picture = (name: string, shift = 0) => {
      const random = createRandom(1, name);
      const data = Uint8Array.from({ length: 18 * 16 * 3 }, () => Math.min(255, random.integer(220) + shift));
      return perceptualHash({ dtype: 'uint8', shape: [16, 18, 3], data });
    };
    expect(areNear(picture('a'), picture('a', 20))).toBe(true);
    for (const other of ['b', 'c', 'd', 'e']) expect(areNear(picture('a'), picture(other))).toBe(false);
  });
});

describe('the committed list', () => {
  it('holds out ten photographs and names every file once', () => {
    const { packages, files } = readPhotographList();
    const held = files.filter(({ use, cutout }) => use === 'test' && !cutout).map(({ path }) => path.split('/').at(-1));
    expect(held.sort()).toEqual([
      ...['astronaut.png', 'chelsea.png', 'china.jpg', 'coffee.png', 'flower.jpg', 'hubble_deep_field.jpg'],
      ...['ihc.png', 'motorcycle_left.png', 'retina.jpg', 'rocket.jpg'],
    ]);
    expect(new Set(files.map(({ sha256 }) => sha256)).size).toBe(files.length);
    expect(new Set(files.map((file) => file.package))).toEqual(new Set(packages.map(({ name }) => name)));
    // The other half of the stereo pair would show the test picture.
    expect(files.some(({ path }) => path.includes('motorcycle_right'))).toBe(false);
  });
});
