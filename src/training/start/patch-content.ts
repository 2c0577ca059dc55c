/**
 * What the projector says of a patch in the code of a start: marks that are the same for all, the patch's content as
 * coordinates of a cosine transform, and the unit that they are measured by.
 */
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import type { ModelConfig, VisionConfig } from '../../model/config/index.js';
import type { DrawnScene } from '../pictures/index.js';
import { asUnit, CODE, CODE_SIZE, CONTENT_SIZE, contentGain, PATCH_MARK, UNIT } from './code/layout.js';
import { patchBasis } from './patch-basis.js';
import { THINGS_END } from './things/layout.js';
import { tellThings, weighThings } from './things/patch-things.js';

/** Of code and content together: about what makes a hidden state's values 1 in the mean square. */
const STATE_SCALE = 2;

export class PatchContent {
  /** Values of a projected patch. */
  readonly size: number;
  readonly #vision: VisionConfig;
  readonly #functions: readonly { readonly values: Float32Array; readonly strength: number }[];

  /** Throws `config` where the language model has too few values for the code, or no pictures. */
  constructor({ text, image }: Pick<ModelConfig, 'text' | 'image'>) {
    if (!image || text.hiddenSize < CODE_SIZE) {
      throw new AgentError('config', 'the content of patches has no room in this model', {
        expected: `a model that takes pictures, of hidden size ${CODE_SIZE} or more`,
        got: image ? `hidden size ${text.hiddenSize}` : 'a language model alone',
        next: 'set the task content to 0, or enlarge start.language.hidden_size',
      });
    }
    this.size = text.hiddenSize;
    this.#vision = image.vision;
    const { patchSize: patch } = image.vision;
    this.#functions = patchBasis(patch, CONTENT_SIZE).map(({ values, gain }) => ({
      values,
      strength: STATE_SCALE * contentGain(gain, patch),
    }));
  }

  /** Of every patch of pictures of the encoder's size: [pictures · patches · size]. */
  of(pictures: readonly Frame[]): Float32Array {
    const { patchSize: patch, imageSize: side } = this.#vision;
    const grid = Math.floor(side / patch);
    const told = new Float32Array(pictures.length * grid * grid * this.size);
    const values = new Float32Array(patch * patch * 3);
    let at = 0;
    for (const { data } of pictures) {
      for (let index = 0; index < grid * grid; index++, at += this.size) {
        const corner = (Math.floor(index / grid) * side + (index % grid)) * patch * 3;
        for (let i = 0; i < values.length; i++) {
          const [row, inRow] = [Math.floor(i / (3 * patch)), i % (3 * patch)];
          values[i] = asUnit(data[corner + row * side * 3 + inRow] as number);
        }
        this.#write(told.subarray(at, at + this.size), values);
      }
    }
    return told;
  }

  /** The same of drawn scenes, with the things that lie in the patches. Throws `config` where these have no room. */
  withThings(scenes: readonly DrawnScene[]): Float32Array {
    if (this.size < THINGS_END) {
      throw new AgentError('config', 'what lies in patches has no room in this model', {
        expected: `a hidden size of ${THINGS_END} or more`,
        got: String(this.size),
        next: 'set the task things to 0, or enlarge start.language.hidden_size',
      });
    }
    const told = this.of(scenes.map(({ image }) => image));
    const each = scenes.length === 0 ? 0 : told.length / scenes.length;
    for (const [i, drawn] of scenes.entries()) {
      tellThings(drawn, this.#vision.patchSize, told.subarray(i * each, (i + 1) * each), this.size);
    }
    return told;
  }

  /** The weights of `withThings`. */
  weightsWithThings(): Float32Array {
    const weights = this.weights();
    weighThings(weights);
    return weights;
  }

  /**
   * What a deviation of 1 in each value counts: content as in the pixels, from −1 to 1, that it stands for; the rest of
   * the code as it is, and what lies behind the code not at all.
   */
  weights(): Float32Array {
    const weights = new Float32Array(this.size).fill(1, 0, CODE_SIZE);
    for (const [i, { strength }] of this.#functions.entries()) weights[CODE.content.start + i] = 1 / strength;
    return weights;
  }

  #write(told: Float32Array, values: Float32Array): void {
    told[CODE.constant.start] = STATE_SCALE * PATCH_MARK;
    told[CODE.isPatch.start] = STATE_SCALE * PATCH_MARK;
    told[CODE.unit.start] = STATE_SCALE * UNIT;
    for (const [i, { values: wave, strength }] of this.#functions.entries()) {
      let sum = 0;
      for (let k = 0; k < values.length; k++) sum += (values[k] as number) * (wave[k] as number);
      told[CODE.content.start + i] = strength * sum;
    }
  }
}
