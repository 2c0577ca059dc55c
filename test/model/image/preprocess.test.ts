/** Pictures become what Pillow and transformers make of them, byte for byte where bytes come out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { openSafetensors } from '../../../src/model/checkpoint/index.js';
import { parseImageProcessing, preprocess, readPicture, resize } from '../../../src/model/image/index.js';
import { FIXTURES, maxDifference } from '../network/golden.js';

const golden = new Map<string, { shape: readonly number[]; data: Float32Array }>();
let picture: Frame;
let config: Record<string, unknown>;
beforeAll(async () => {
  await using file = await openSafetensors(join(FIXTURES, 'inputs', 'pictures.safetensors'));
  for (const name of file.names) golden.set(name, await file.read(name));
  const { shape, data } = golden.get('picture')!;
  picture = { dtype: 'uint8', shape, data: Uint8Array.from(data) };
  config = JSON.parse(await readFile(join(FIXTURES, 'grouped-llama3', 'preprocessor_config.json'), 'utf8'));
});

describe('resize', () => {
  it.each(['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'] as const)(
    'shrinks as Pillow by %s',
    (name) => {
      expect([...resize(picture, 17, 24, name).data]).toEqual([...golden.get(`shrunk.${name}`)!.data]);
    },
  );
  it.each(['nearest', 'bicubic'] as const)('enlarges as Pillow by %s', (name) => {
    expect([...resize(picture, 41, 60, name).data]).toEqual([...golden.get(`grown.${name}`)!.data]);
  });
  it('leaves a picture of the right size alone', () => {
    expect(resize(picture, 37, 53, 'bicubic')).toBe(picture);
  });
});

describe('preprocess', () => {
  it.each([
    ['clip', {}],
    ['squashed', { size: { height: 24, width: 24 }, do_center_crop: false }],
    ['padded', { size: { shortest_edge: 18 } }],
    ['plain', { do_resize: false, do_normalize: false }],
  ])('does as CLIPImageProcessor: %s', (name, change) => {
    const pixels = preprocess(picture, parseImageProcessing({ ...config, ...change }, 'test'));
    const { shape, data } = golden.get(`processed.${name}`)!;
    expect([pixels.height, pixels.width, 3]).toEqual(shape);
    expect(maxDifference(pixels.data, data)).toBeLessThan(1e-6);
  });

  it('takes one channel as grey', () => {
    const grey: Frame = { dtype: 'uint8', shape: [1, 2, 1], data: Uint8Array.of(0, 255) };
    const plain = parseImageProcessing({ do_resize: false, do_center_crop: false, do_normalize: false }, 'test');
    expect([...preprocess(grey, plain).data]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it.each([
    [{ image_processor_type: 'SiglipImageProcessor' }, /image_processor_type/],
    [{ size: { longest_edge: 300 } }, /size/],
    [{ do_pad: true }, /do_pad/],
  ])('refuses %j', (raw, message) => {
    expect(() => parseImageProcessing(raw, 'preprocessor_config.json')).toThrow(message);
  });
});

describe('readPicture', () => {
  it('reads a PNG file exactly, and names a file that is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'picture-'));
    const [height, width] = picture.shape as [number, number, number];
    await sharp(picture.data, { raw: { height, width, channels: 3 } })
      .png()
      .toFile(join(folder, 'a.png'));
    const read = await readPicture(join(folder, 'a.png'));
    expect(read.shape).toEqual(picture.shape);
    expect(Buffer.compare(read.data, picture.data)).toBe(0);
    await writeFile(join(folder, 'b.png'), 'text');
    await expect(readPicture(join(folder, 'b.png'))).rejects.toThrow(/b\.png/);
    await rm(folder, { recursive: true });
  });
});
