/** Safetensors in and out: exact values, range reads, and refusals that name the fault. */
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrowToFloat16, widenInPlace } from '../../../src/model/checkpoint/float-formats.js';
import {
  expectTensors,
  openCheckpoint,
  openSafetensors,
  writeSafetensors,
} from '../../../src/model/checkpoint/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = [
  { name: 'a.weight', shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 65504, 2 ** -24, 0) },
  { name: 'b', shape: [], data: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], data: new Float32Array(0) },
];

/** A file of exactly this header and this many data bytes, whatever they mean. */
async function craft(name: string, header: unknown, dataBytes: number): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}

describe('writing and reading back', () => {
  it.each(['float32', 'float16'] as const)('keeps names, order, shapes and values in %s', async (dtype) => {
    const path = join(folder, `${dtype}.safetensors`);
    await writeSafetensors(path, tensors, { dtype, metadata: { step: '3' } });
    await using file = await openSafetensors(path);
    expect(file.names).toEqual(['a.weight', 'b', 'empty']);
    expect(file.metadata).toEqual({ step: '3', format: 'pt' });
    for (const { name, shape, data } of tensors) {
      const read = await file.read(name);
      expect(read.shape).toEqual(shape);
      expect([...read.data]).toEqual([...data]);
      expect(file.dtype(name)).toBe(dtype === 'float16' ? 'F16' : 'F32');
    }
  });

  it('reads bfloat16 as the upper half of float32', async () => {
    const path = await craft('bf16', { x: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, 0);
    await writeFile(path, Uint8Array.of(0x80, 0x3f, 0x20, 0xc1), { flag: 'a' });
    await using file = await openSafetensors(path);
    expect([...(await file.read('x')).data]).toEqual([1, -10]);
  });

  it('refuses what float16 cannot hold, and leaves the old file', async () => {
    const path = join(folder, 'kept.safetensors');
    await writeSafetensors(path, tensors, { dtype: 'float16' });
    const before = await readFile(path);
    const large = [{ name: 'huge', shape: [1], data: Float32Array.of(70000) }];
    await expect(writeSafetensors(path, large, { dtype: 'float16' })).rejects.toThrow(/huge does not fit float16/);
    expect(await readFile(path)).toEqual(before);
  });

  it('refuses a name twice and data that does not fill its shape', async () => {
    const one = { name: 'x', shape: [1], data: Float32Array.of(1) };
    const write = (list: (typeof one)[]) => writeSafetensors(join(folder, 'no'), list, { dtype: 'float32' });
    await expect(write([one, one])).rejects.toThrow(/x is there twice/);
    await expect(write([{ ...one, shape: [2] }])).rejects.toThrow(/expected: 2 values\n {2}got: {6}1/);
  });
});

describe('float16', () => {
  const roundTrip = (values: Float32Array): Float32Array => {
    const buffer = new ArrayBuffer(values.length * 4);
    new Uint16Array(buffer, values.length * 2).set(narrowToFloat16(values).bits);
    return widenInPlace(buffer, 'F16');
  };

  it('is the nearest representable value, ties to even', () => {
    const cases = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519, 6.1e-5, Number.NaN, -0, -1e-9];
    const nearest = [1, 1 + 2 ** -9, 0, 2 ** -23, 65504, 6.097555160522461e-5, Number.NaN, -0, -0];
    expect([...roundTrip(Float32Array.from(cases))]).toEqual(nearest);
  });

  it('never errs by more than half a unit in the last place', () => {
    const finite = fc.float({ min: -65000, max: 65000, noNaN: true });
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 50, min: -65000, max: 65000, noNaN: true }), (values) =>
        roundTrip(values).every((rounded, i) => {
          const value = values[i] as number;
          const exponent = Math.max(Math.floor(Math.log2(Math.abs(value) || 1e-30)), -14);
          return Math.abs(rounded - value) <= 2 ** (exponent - 11);
        }),
      ),
    );
    fc.assert(
      fc.property(
        finite,
        (value) => roundTrip(roundTrip(Float32Array.of(value)))[0] === roundTrip(Float32Array.of(value))[0],
      ),
    );
  });
});

describe('refusals', () => {
  it('says how many bytes a cut file lacks', async () => {
    const path = join(folder, 'cut.safetensors');
    await writeSafetensors(path, tensors, { dtype: 'float32' });
    const { length } = await readFile(path);
    await truncate(path, length - 5);
    await expect(openSafetensors(path)).rejects.toThrow(
      new RegExp(`at least ${length} bytes.*\\n.*got: +${length - 5}`),
    );
    await truncate(path, 20);
    await expect(openSafetensors(path)).rejects.toThrow(/cut off/);
    await truncate(path, 3);
    await expect(openSafetensors(path)).rejects.toThrow(/3 bytes in all/);
  });

  it.each([
    ['an overlap', { a: entry([0, 4]), b: entry([0, 4]) }, 8, /tensor b to begin at byte \d+/],
    ['a gap', { a: entry([0, 4]), b: entry([8, 12]) }, 12, /tensor b to begin/],
    ['bytes that no tensor owns', { a: entry([0, 4]) }, 9, /as its header says/],
    ['a size that is not the shape’s', { a: { ...entry([0, 4]), shape: [2] } }, 4, /8 bytes for a, F32 \[2\]/],
    ['an unknown element type', { a: { ...entry([0, 4]), dtype: 'Q4' } }, 4, /got: +Q4/],
    ['a header that is no JSON', 'no json', 4, /a JSON object/],
    ['an entry that is none', { a: 3 }, 4, /data_offsets of tensor a/],
  ])('names %s', async (_, header, bytes, message) => {
    await expect(openSafetensors(await craft('bad', header, bytes))).rejects.toThrow(message);
  });

  it('takes no other file for safetensors', async () => {
    const path = join(folder, 'picture.png');
    await writeFile(path, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    await expect(openSafetensors(path)).rejects.toThrow(/not a sound safetensors file/);
  });

  it('names a missing tensor and one that is not float', async () => {
    const path = await craft('int', { ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8);
    await using file = await openSafetensors(path);
    await expect(file.read('ids')).rejects.toThrow(/ids is not stored as floats.*\n.*F32, F16, BF16\n.*I64/);
    await expect(file.read('nothing')).rejects.toThrow(/no tensor nothing/);
  });
});

describe('sharded checkpoints', () => {
  const write = async (name: string, map: Record<string, string>): Promise<string> => {
    const path = await mkdtemp(join(folder, name));
    const part = (file: string, list: typeof tensors) => writeSafetensors(join(path, file), list, { dtype: 'float32' });
    await part('model-1.safetensors', tensors.slice(0, 1));
    await part('model-2.safetensors', tensors.slice(1));
    await writeFile(join(path, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }));
    return path;
  };
  const good = { 'a.weight': 'model-1.safetensors', b: 'model-2.safetensors', empty: 'model-2.safetensors' };

  it('reads as one set', async () => {
    await using file = await openCheckpoint(await write('good', good));
    expect(file.names).toEqual(['a.weight', 'b', 'empty']);
    expect([...(await file.read('b')).data]).toEqual([7]);
    expect(file.shape('a.weight')).toEqual([2, 3]);
    expect(() => file.shape('c')).toThrow(/no tensor c/);
  });

  it('refuses an index that does not fit its shards', async () => {
    const { b: _, ...less } = good;
    await expect(openCheckpoint(await write('less', less))).rejects.toThrow(/1 not in the index, such as b in model-2/);
    const more = { ...good, c: 'model-1.safetensors' };
    await expect(openCheckpoint(await write('more', more))).rejects.toThrow(/1 not in its shard, such as c in model-1/);
    const away = { ...good, b: '../model-2.safetensors' };
    await expect(openCheckpoint(await write('away', away))).rejects.toThrow(/outside its checkpoint/);
    await expect(openCheckpoint(await write('gone', { ...good, b: 'model-3.safetensors' }))).rejects.toThrow(/model-3/);
    await expect(openCheckpoint(join(folder, 'nowhere'))).rejects.toThrow(/no such folder/);
  });
});

describe('expectTensors', () => {
  const file = { path: 'x', names: ['a', 'b', 'position_ids'], shape: () => [2, 3] };

  it('passes an exact set, and ignores what it is told to', () => {
    const expected = new Map([
      ['a', [2, 3]],
      ['b', [2, 3]],
    ]);
    expect(() => expectTensors(file, expected, /position_ids$/)).not.toThrow();
  });

  it('lists missing, extra and misshapen tensors', () => {
    const expected = new Map([
      ['a', [2, 3]],
      ['b', [3, 2]],
      ['c', [1]],
    ]);
    expect(() => expectTensors(file, expected)).toThrow(
      /1 missing: c; 1 not expected: position_ids; 1 of another shape: b \[2,3\] instead of \[3,2\]/,
    );
  });
});

function entry(offsets: number[]) {
  return { dtype: 'F32', shape: [1], data_offsets: offsets };
}
