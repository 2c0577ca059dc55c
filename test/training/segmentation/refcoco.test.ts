/** A small set in the published form of RefCOCO (`fixtures/make_refcoco.py`), against pycocotools. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCocoRle } from '../../../src/training/masks/coco-rle.js';
import { type Mask, overlapOfMasks } from '../../../src/training/masks/mask.js';
import { cumulativeIou, meanIou } from '../../../src/training/segmentation/overlap.js';
import type { Referring, ReferringSet } from '../../../src/training/segmentation/referring-set.js';
import { openRefcoco } from '../../../src/training/segmentation/sets/refcoco.js';

const FOLDER = fileURLToPath(new URL('./fixtures/refcoco', import.meta.url));
const images = join(FOLDER, 'images');
const golden: {
  expressions: { split: string; sent: string; counts: string }[];
  moved: { down: number; right: number; ciou: number; miou: number };
} = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8'));

async function allOf(set: ReferringSet): Promise<(Referring & { split: string })[]> {
  const all: (Referring & { split: string })[] = [];
  for (const split of set.splits) {
    for (let i = 0; i < set.size(split); i++) all.push({ split, ...(await set.at(split, i)) });
  }
  return all;
}

/** As `numpy.roll` does it. */
function roll({ height, width, data }: Mask, down: number, right: number): Mask {
  const moved = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      moved[((y + down) % height) * width + ((x + right) % width)] = data[y * width + x] as number;
    }
  }
  return { height, width, data: moved };
}

describe.each(['refs(unc).p', 'refs(umd).p'])('the published files, with %s', (name) => {
  it('give every sentence with its split and its mask', async () => {
    const all = await allOf(await openRefcoco({ refs: join(FOLDER, name), images }));
    const said = all.map(({ split, expression, mask }) => ({
      split,
      sent: expression,
      counts: toCocoRle(mask).counts,
    }));
    const inOrder = (a: { sent: string }, b: { sent: string }): number => (a.sent < b.sent ? -1 : 1);
    const keyed = (list: typeof said) => list.map((one) => ({ ...one, sent: `${one.sent} ${one.counts}` }));
    expect(keyed(said).sort(inOrder)).toEqual(keyed(golden.expressions).sort(inOrder));
  });

  it('give pictures of the size that the masks have, and other things that are not the one', async () => {
    for (const { image, mask, others } of await allOf(await openRefcoco({ refs: join(FOLDER, name), images }))) {
      expect(image.shape).toEqual([mask.height, mask.width, 3]);
      expect(others?.data.some((value, i) => value === 1 && mask.data[i] === 1)).toBe(false);
    }
  });
});

it('cIoU and mIoU are what evaluations of RefCOCO compute', async () => {
  const all = await allOf(await openRefcoco({ refs: join(FOLDER, 'refs(unc).p'), images }));
  const { down, right, ciou, miou } = golden.moved;
  const overlaps = all.map(({ mask }) => overlapOfMasks(mask, roll(mask, down, right)));
  expect(cumulativeIou(overlaps)).toBeCloseTo(ciou, 10);
  expect(meanIou(overlaps)).toBeCloseTo(miou, 10);
});

describe('files that are none', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'refcoco-'));
    copyFileSync(join(FOLDER, 'refs(unc).p'), join(folder, 'refs(unc).p'));
    copyFileSync(join(FOLDER, 'instances.json'), join(folder, 'instances.json'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () => openRefcoco({ refs: join(folder, 'refs(unc).p'), images });

  it('a pickle that would run something is refused, and runs nothing', async () => {
    // What pickle.dumps writes for an object that calls os.system.
    writeFileSync(join(folder, 'refs(unc).p'), "cposix\nsystem\n(S'touch pwned'\ntR.");
    await expect(open()).rejects.toMatchObject({ code: 'config' });
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a truncated pickle', readFileSync(join(FOLDER, 'refs(unc).p')).subarray(0, 300)],
    ['something else', Buffer.from('<html>')],
    ['a pickle of something else', Buffer.from('I7\n.')],
  ])('%s', async (_, bytes) => {
    writeFileSync(join(folder, 'refs(unc).p'), bytes);
    await expect(open()).rejects.toMatchObject({ code: 'config' });
  });

  it.each(['', '{', '[]', '{"images":[],"annotations":[{"id":1}]}'])('instances.json with %j', async (text) => {
    writeFileSync(join(folder, 'instances.json'), text);
    await expect(open()).rejects.toMatchObject({ code: 'config' });
  });

  it('a ref whose annotation is not there says which', async () => {
    writeFileSync(join(folder, 'instances.json'), '{"images":[],"annotations":[]}');
    const set = await open();
    await expect(set.at('train', 0)).rejects.toThrow(/names a picture or an annotation/);
  });

  it('a missing file says what belongs there', async () => {
    rmSync(join(folder, 'instances.json'));
    await expect(open()).rejects.toMatchObject({ code: 'usage' });
  });
});
