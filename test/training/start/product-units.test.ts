/** Pairs of gated units multiply exactly, whatever the signs, and are silent where they are told to be. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Parameters } from '../../../src/model/network/parameters.js';
import { loadTensorFlow } from '../../../src/model/runtime/index.js';
import { CODE } from '../../../src/training/start/code/layout.js';
import { setProducts } from '../../../src/training/start/product-units.js';

const [SIZE, INNER] = [192, 8];
const [GATE, FACTOR, TO] = [CODE.content.start, CODE.content.start + 1, CODE.estimate.start];
const spec = (name: string, shape: number[]) => ({
  ...{ name, part: 'language' as const, shape },
  pieces: [{ tensor: name, shape: shape.toReversed() }],
});
let parameters: Parameters;
beforeAll(async () => {
  await loadTensorFlow();
  const specs = [
    spec('language.0.mlp.in.kernel', [SIZE, 2 * INNER]),
    spec('language.0.mlp.out.kernel', [INNER, SIZE]),
  ] as unknown as Parameters['specs'];
  parameters = await Parameters.create(specs, ({ shape }) => new Float32Array(shape.reduce((a, b) => a * b)).fill(0.3));
  setProducts(parameters, 0, INNER, [{ gate: GATE, factor: FACTOR, silent: [CODE.isFirst.start], outputs: [[TO, 2]] }]);
});
afterAll(() => parameters[Symbol.dispose]());

/** What the pair of units writes for a hidden state, computed here. */
function written(state: ReadonlyMap<number, number>): number {
  const input = parameters.get('language.0.mlp.in.kernel').arraySync() as number[][];
  const output = parameters.get('language.0.mlp.out.kernel').arraySync() as number[][];
  const into = (unit: number): number =>
    [...state].reduce((sum, [at, value]) => sum + value * (input[at]?.[unit] ?? 0), 0);
  return [0, 1].reduce((sum, unit) => {
    const gate = into(unit);
    return sum + (gate / (1 + Math.exp(-gate))) * into(INNER + unit) * (output[unit]?.[TO] ?? 0);
  }, 0);
}

describe('product units', () => {
  it('multiply', () => {
    const value = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(
          written(
            new Map([
              [GATE, a],
              [FACTOR, b],
            ]),
          ),
        ).toBeCloseTo(2 * a * b, 4);
      }),
    );
  });

  it('are silent behind a mark', () => {
    expect(
      Math.abs(
        written(
          new Map([
            [GATE, 5],
            [FACTOR, 5],
            [CODE.isFirst.start, 1],
          ]),
        ),
      ),
    ).toBeLessThan(1e-6);
    expect(
      written(
        new Map([
          [GATE, 5],
          [FACTOR, 5],
          [CODE.isMiddle.start, 1],
        ]),
      ),
    ).toBeCloseTo(50, 3);
  });
});
