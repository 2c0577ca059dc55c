/** Pictures become what Pillow and transformers make of them, byte for byte where bytes come out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { openSafetensors } from '../../../src/model/checkpoint/index.js';
import {
  parseImageProcessing,
  preprocess,
  readImageProcessing,
  readPicture,
  resize,
} from '../../../src/model/image/index.js';
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
    ['clip', { do_pad: null }],
    ['llava', { image_processor_type: 'LlavaImageProcessor', do_pad: false }],
    ['llava', { image_processor_type: 'LlavaImageProcessorFast', do_pad: null }],
    ['llava-square', { image_processor_type: 'LlavaImageProcessor', do_pad: true }],
  ])('does as CLIPImageProcessor and LlavaImageProcessor: %s %j', (name, change) => {
    const pixels = preprocess(picture, parseImageProcessing({ ...config, ...change }, 'test'));
    const { shape, data } = golden.get(`processed.${name}`)!;
    expect([pixels.height, pixels.width, 3]).toEqual(shape);
    expect(maxDifference(pixels.data, data)).toBeLessThan(1e-6);
  });

  it('does as SiglipImageProcessor', () => {
    const raw = { image_processor_type: 'SiglipImageProcessor', size: { height: 24, width: 24 } };
    const pixels = preprocess(picture, parseImageProcessing(raw, 'test'));
    expect(maxDifference(pixels.data, golden.get('processed.siglip')!.data)).toBeLessThan(1e-6);
  });

  it('takes one channel as grey', () => {
    const grey: Frame = { dtype: 'uint8', shape: [1, 2, 1], data: Uint8Array.of(0, 255) };
    const plain = parseImageProcessing({ do_resize: false, do_center_crop: false, do_normalize: false }, 'test');
    expect([...preprocess(grey, plain).data]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it.each([
    [{ image_processor_type: 'PixtralImageProcessor' }, /CLIPImageProcessor[\s\S]*"PixtralImageProcessor"/],
    [{ image_processor_type: 'constructorImageProcessor' }, /"constructorImageProcessor"/],
    [{ size: { longest_edge: 300 } }, /size/],
    [{ size: { height: 1e6, width: 1e6 } }, /at most 4096 pixels[\s\S]*<=4096/],
    [{ crop_size: -1 }, /crop_size/],
    [{ image_std: [0, 1, 1] }, /image_std/],
    [{ do_pad: true }, /do_pad/],
  ])('refuses %j', (raw, message) => {
    expect(() => parseImageProcessing(raw, 'preprocessor_config.json')).toThrow(message);
  });
});

describe('readImageProcessing', () => {
  it('takes what transformers 5 writes into processor_config.json, before preprocessor_config.json', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'processing-'));
    await expect(readImageProcessing(folder)).rejects.toThrow(/preprocessor_config\.json, or processor_config\.json/);
    const write = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content));
    await write('preprocessor_config.json', { ...config, image_mean: [0, 0, 0] });
    await write('processor_config.json', { processor_class: 'LlavaProcessor', patch_size: 8 });
    expect((await readImageProcessing(folder)).mean).toEqual([0, 0, 0]);
    await write('processor_config.json', { image_processor: config });
    await rm(join(folder, 'preprocessor_config.json'));
    expect(await readImageProcessing(folder, 24)).toEqual(parseImageProcessing(config, 'test'));
    await expect(readImageProcessing(folder, 48)).rejects.toThrow(/48 × 48[\s\S]*24 × 24[\s\S]*processor_config\.json/);
    await rm(folder, { recursive: true });
  });
});

/** A PNG file that says how large it is and holds nothing. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(9)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

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
    await writeFile(join(folder, 'c.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(readPicture(join(folder, 'c.png'))).rejects.toThrow(/PNG, JPEG[\s\S]*format svg/);
    await writeFile(join(folder, 'd.png'), pngOf(20000, 20000));
    await expect(readPicture(join(folder, 'd.png'))).rejects.toThrow(/20000 × 20000; at most 100 million pixels/);
    await rm(folder, { recursive: true });
  });
});
