/** Replies of the hot path: everything valid is read as it was written, everything else is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DType, isAgentError, TYPED_ARRAYS } from '../../src/core/index.js';
import { decodeSteps, observationLayout } from '../../src/env-bridge/decode-steps.js';

const dtypes = Object.keys(TYPED_ARRAYS) as DType[];
const layouts = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }) })
  .map(({ dtype, shape }) => observationLayout(dtype, shape));
const batches = fc.array(fc.record({ layout: layouts, fails: fc.boolean(), reward: fc.double({ noNaN: true }) }), {
  minLength: 1,
  maxLength: 5,
});

/** A message as ZeroMQ hands it out: a view somewhere in a larger buffer, at any alignment. */
function viewAt(offset: number, bytes: Uint8Array): Buffer {
  const larger = Buffer.alloc(offset + bytes.length + 3, 0xee);
  larger.set(bytes, offset);
  return larger.subarray(offset, offset + bytes.length);
}

function encode(
  batch: readonly { layout: ReturnType<typeof observationLayout>; fails: boolean; reward: number }[],
  offset: number,
) {
  const error = { code: 'env_failure', message: 'x' };
  const written = batch.filter(({ fails }) => !fails);
  const bytes = Buffer.concat(written.map(({ layout }, index) => Buffer.alloc(layout.bytes, index + 1)));
  const results = batch.map(({ fails, reward }) =>
    fails ? { error } : { reward: wireFloat(reward), terminated: false, truncated: true, info: { a: 1 } },
  );
  return { header: { id: 1, ok: true, results, elapsed_us: 5 }, part: viewAt(offset, bytes), written };
}

const wireFloat = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

describe('decodeSteps', () => {
  it('cuts the observations of a batch apart, of any type, shape and alignment, leaving out what failed', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 9 }), (batch, offset) => {
        const { header, part } = encode(batch, offset);
        const steps = decodeSteps(
          'step',
          header,
          [part],
          batch.map(({ layout }) => layout),
          false,
        );
        let position = 0;
        steps.forEach((step, index) => {
          const { layout, fails, reward } = batch[index] as (typeof batch)[number];
          expect(step.kind === 'failed').toBe(fails);
          if (step.kind === 'failed') return;
          expect(step).toMatchObject({ kind: 'truncated', reward, emulatorMicroseconds: 5, info: { a: 1 } });
          const { data, dtype, shape } = step.observation;
          expect([dtype, shape, data.length]).toEqual([layout.dtype, layout.shape, layout.elements]);
          expect(data).toBeInstanceOf(TYPED_ARRAYS[layout.dtype]);
          position += 1;
          const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          expect(bytes.every((byte) => byte === position)).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('does not copy a picture', () => {
    const part = Buffer.alloc(2 * 12);
    const layout = observationLayout('uint8', [2, 2, 3]);
    const result = { reward: 0, terminated: false, truncated: false, info: {} };
    const header = { id: 1, ok: true, results: [result, result], elapsed_us: 0 };
    const steps = decodeSteps('step', header, [part], [layout, layout], false);
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'failed') throw step.error;
      expect(step.observation.data.buffer).toBe(part.buffer);
      expect(step.observation.data.byteOffset).toBe(part.byteOffset + 12 * index);
    }
  });

  it('refuses binary parts of any other size', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: -8, max: 8 }), (batch, difference) => {
        const { header, part } = encode(batch, 0);
        const size = part.length + difference;
        fc.pre(difference !== 0 && size >= 0);
        const decode = () =>
          decodeSteps(
            'step',
            header,
            [Buffer.alloc(size)],
            batch.map(({ layout }) => layout),
            false,
          );
        expect(decode).toThrow('does not allow');
      }),
    );
  });

  it('throws nothing but protocol errors on arbitrary JSON', () => {
    const parts = fc.array(
      fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 3 },
    );
    const anything = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.record({ results: fc.array(fc.jsonValue(), { maxLength: 2 }), elapsed_us: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(
        anything,
        parts,
        fc.boolean(),
        fc.constantFrom('reset' as const, 'step' as const),
        (header, bytes, frames, operation) => {
          try {
            decodeSteps(operation, header, bytes, [observationLayout('uint8', [3])], frames);
          } catch (error) {
            if (!isAgentError(error, 'protocol')) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
