/**
 * A whole network on the device: pictures to features, and batches of sequences to hidden states. Everything here is
 * synchronous and leaves what it returns to the caller's `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { openCheckpoint } from '../checkpoint/index.js';
import {
  type ImageConfig,
  type ModelConfig,
  type RopeFrequencies,
  readModelConfig,
  ropeFrequencies,
  type VisionConfig,
} from '../config/index.js';
import { gatherRows, type Rotation, rotationFor, type Visible } from '../ops/index.js';
import { GraphFunctions, loadTensorFlow } from '../runtime/index.js';
import { type BatchLayout, causalMask } from '../sequence/layout.js';
import { windowMask } from '../sequence/windows.js';
import { type DecoderOutput, decode, embedTokens, type LayerCache, logitsOf, type WantedTails } from './decoder.js';
import { Parameters } from './parameters.js';
import { encodePictures, projectPictures } from './vision-tower.js';

export class Network implements Disposable {
  /** Parts of the network that run as one call; what they read beside their inputs are the parameters. */
  readonly graphs: GraphFunctions;
  readonly #frequencies: RopeFrequencies;

  constructor(
    readonly config: ModelConfig,
    readonly parameters: Parameters,
  ) {
    this.#frequencies = ropeFrequencies(config.text.rope, config.text.headDim);
    this.graphs = new GraphFunctions(() => parameters.all);
  }

  /** Reads config.json and the weights of a checkpoint folder. Rejects with `checkpoint`, `setup`, `runtime`. */
  static async load(folder: string): Promise<Network> {
    const config = await readModelConfig(folder);
    await loadTensorFlow();
    await using file = await openCheckpoint(folder);
    return new Network(config, await Parameters.load(config, file));
  }

  /** The part of the configuration about pictures. Throws `usage` for a language model alone. */
  get image(): ImageConfig {
    if (this.config.image) return this.config.image;
    throw new AgentError('usage', 'this checkpoint is a language model alone: it takes no pictures');
  }

  /**
   * Features of pictures, [images · tokensPerImage, text hidden size].
   * @param pixels [images, side, side, 3], normalised.
   */
  features(pixels: tf.Tensor4D): tf.Tensor2D {
    requirePixels(pixels, this.image.vision);
    const [features] = this.graphs.run('features', { pixels }, (given) => [
      this.projected(encodePictures(given.pixels as tf.Tensor4D, this.parameters, this.image)),
    ]);
    return features as tf.Tensor2D;
  }

  /**
   * What the encoder says of pictures before the projector, [images · tokensPerImage, feature layers · hidden size].
   * @param pixels as for `features`. The same numbers whenever they are asked for, bit for bit.
   */
  encoded(pixels: tf.Tensor4D): tf.Tensor2D {
    requirePixels(pixels, this.image.vision);
    const compute = (given: tf.NamedTensorMap) => [
      encodePictures(given.pixels as tf.Tensor4D, this.parameters, this.image),
    ];
    return this.graphs.run('encoded', { pixels }, compute, 'first')[0] as tf.Tensor2D;
  }

  /** Features of pictures from what the encoder says of them: `features` is this of `encoded`. */
  projected(encoded: tf.Tensor2D): tf.Tensor2D {
    return projectPictures(encoded, this.parameters, this.image);
  }

  /**
   * Runs the decoder over a batch, operation by operation.
   * @param features rows for the image tokens of the batch, in order; null where it has none.
   * @param past keys and values of the prefix, with a batch of 1 or of the layout.
   */
  run(layout: BatchLayout, features: tf.Tensor2D | null, past?: readonly LayerCache[]): DecoderOutput {
    const inputs = this.inputs(layout, features?.shape[0] ?? 0, past);
    return this.compute(layout, features ? { ...inputs, features } : inputs);
  }

  /**
   * The same for tokens that the model wrote itself: an image token among them is a word like any other, as in
   * transformers, and stands for no picture.
   */
  runWritten(layout: BatchLayout, past: readonly LayerCache[]): DecoderOutput {
    return this.compute(layout, this.#tensorsOf(layout, past));
  }

  /**
   * A batch as the tensors that `compute` takes, but for the features of its pictures.
   * @param features how many rows these will have.
   * @param shown which picture each place for one shows, where that is not each its own in order.
   */
  inputs(
    layout: BatchLayout,
    features: number,
    past: readonly LayerCache[] = [],
    shown?: readonly number[],
  ): tf.NamedTensorMap {
    this.#requireFeatures(layout.ids, shown ? shown.length * this.image.tokensPerImage : features);
    return {
      ...this.#tensorsOf(layout, past),
      ...(features > 0 ? { order: this.#order(layout.ids, shown) } : {}),
    };
  }

  #tensorsOf(layout: BatchLayout, past: readonly LayerCache[]): tf.NamedTensorMap {
    return {
      ids: tf.tensor1d(layout.ids, 'int32'),
      ...rotationFor(layout.positions, layout.batch, this.#frequencies),
      ...maskTensors(layout),
      ...this.#windowTensors(layout),
      ...Object.assign({}, ...past.map(({ key, value }, i) => ({ [keyName(i)]: key, [valueName(i)]: value }))),
    };
  }

  /**
   * Runs the decoder over a batch: a pure function of tensors, for `graphs` and for gradients. The layout gives what
   * `layoutKey` tells of it.
   * @param inputs of `inputs`, `features` where the batch has pictures, and `tokens` and `rows` where only these are
   *   wanted (`WantedTokens`), or `tails`, the rows of `WantedTails`.
   */
  compute(layout: BatchLayout, inputs: tf.NamedTensorMap): DecoderOutput {
    const { batch } = layout;
    const past = Array.from({ length: this.config.text.layers }, (_, i) => {
      const [key, value] = [inputs[keyName(i)], inputs[valueName(i)]];
      return key && value ? [repeatLayer({ key, value } as LayerCache, batch)] : [];
    }).flat();
    const windows = this.#windowed(inputs);
    return decode(
      {
        embeddings: this.#embed(inputs),
        batch,
        rotation: { cosine: inputs.cosine, sine: inputs.sine } as Rotation,
        visible: visibleOf(layout, inputs),
        ...(windows ? { windows } : {}),
        ...(past.length > 0 ? { past } : {}),
        ...(inputs.tokens && inputs.rows ? { wanted: { tokens: inputs.tokens, rows: inputs.rows } } : {}),
        ...(inputs.tails ? { tails: tailsOf(layout, inputs.tails) } : {}),
      },
      this.parameters,
      this.config.text,
    );
  }

  /** Logits of the hidden states, or of chosen rows of them: [rows, vocabulary]. */
  logits(hidden: tf.Tensor2D, rows?: readonly number[] | tf.Tensor): tf.Tensor2D {
    if (rows === undefined) return logitsOf(hidden, this.parameters, this.config.text);
    const numbers = rows instanceof tf.Tensor ? rows : tf.tensor1d([...rows], 'int32');
    return logitsOf(gatherRows(hidden, numbers), this.parameters, this.config.text);
  }

  [Symbol.dispose](): void {
    this.graphs[Symbol.dispose]();
    this.parameters[Symbol.dispose]();
  }

  #requireFeatures(ids: Int32Array, given: number): void {
    const imageToken = this.config.image?.imageToken;
    const places = ids.reduce((count, id) => count + (id === imageToken ? 1 : 0), 0);
    if (places === given) return;
    throw new AgentError('usage', 'the prompts have not as many image tokens as the pictures have features', {
      expected: `${given} image tokens`,
      got: `${places}`,
      next: `a picture takes ${this.config.image?.tokensPerImage ?? 0} image tokens`,
    });
  }

  /** The mask of each size of window that hides something in this batch. */
  #windowTensors(layout: BatchLayout): tf.NamedTensorMap {
    const sizes = [...new Set(this.config.text.windows)].filter((size) => size !== null);
    const masks = sizes.flatMap((size) => {
      const found = windowMask(layout, size);
      const { width, past } = layout;
      return found ? [[windowName(size), tf.tensor4d(found.mask, [found.rows, 1, width, past + width])] as const] : [];
    });
    return Object.fromEntries(masks);
  }

  /** Who sees whom in each layer, where a window hides something; undefined where all layers see alike. */
  #windowed(inputs: tf.NamedTensorMap): readonly (tf.Tensor4D | null)[] | undefined {
    const masks = this.config.text.windows.map((size) => (size === null ? null : (inputs[windowName(size)] ?? null)));
    return masks.some((mask) => mask !== null) ? (masks as (tf.Tensor4D | null)[]) : undefined;
  }

  /** For each token the row that it takes among the embeddings and, behind them, the features. */
  #order(ids: Int32Array, shown?: readonly number[]): tf.Tensor1D {
    const { imageToken, tokensPerImage } = this.image;
    let place = 0;
    const featureOf = (at: number): number => {
      const picture = Math.floor(at / tokensPerImage);
      return (shown?.[picture] ?? picture) * tokensPerImage + (at % tokensPerImage);
    };
    return tf.tensor1d(
      ids.map((id, index) => (id === imageToken ? ids.length + featureOf(place++) : index)),
      'int32',
    );
  }

  /** Embeddings of tokens, with the features of pictures in the place of image tokens. */
  #embed({ ids, features, order }: tf.NamedTensorMap): tf.Tensor2D {
    const text = embedTokens(ids as tf.Tensor, this.parameters);
    if (!features || !order) return text;
    return gatherRows(tf.concat2d([text, features as tf.Tensor2D], 0), order);
  }
}

/** Equal for batches that one graph function can serve, as far as the shapes of its inputs do not tell. */
export function layoutKey({ batch, past, visibility }: BatchLayout): string {
  const kind = visibility.kind === 'dense' ? 'dense' : `${visibility.branches} branches`;
  return `${batch} rows behind ${past}, ${kind}`;
}

const windowName = (size: number): string => `window.${size}`;
const keyName = (layer: number): string => `past.${layer}.key`;
const valueName = (layer: number): string => `past.${layer}.value`;

function maskTensors({ visibility, width, past }: BatchLayout): tf.NamedTensorMap {
  if (visibility.kind === 'dense') {
    const { rows, mask } = visibility;
    return mask ? { mask: tf.tensor4d(mask, [rows, 1, width, past + width]) } : {};
  }
  const { prompt, length } = visibility;
  return {
    promptMask: tf.tensor4d(causalMask(prompt, past), [1, 1, prompt, past + prompt]),
    branchMask: tf.tensor4d(causalMask(length, 0), [1, 1, length, length]),
  };
}

function visibleOf({ visibility }: BatchLayout, inputs: tf.NamedTensorMap): Visible {
  if (visibility.kind === 'dense') return { kind: 'dense', mask: (inputs.mask as tf.Tensor4D | undefined) ?? null };
  const { promptMask, branchMask } = inputs as { promptMask: tf.Tensor4D; branchMask: tf.Tensor4D };
  return { kind: 'packed', branches: visibility.branches, promptMask, branchMask };
}

function tailsOf({ batch, visibility }: BatchLayout, rows: tf.Tensor): WantedTails {
  if (visibility.kind !== 'packed') throw new TypeError('only packed branches have tails');
  return { tail: rows.size / (batch * visibility.branches), rows };
}

function requirePixels({ shape }: tf.Tensor4D, { imageSize: side }: VisionConfig): void {
  const [, height, width, channels] = shape;
  if (height === side && width === side && channels === 3) return;
  throw new AgentError('usage', 'A picture has not the size of the vision tower', {
    expected: `[images, ${side}, ${side}, 3]`,
    got: `[${shape.join(', ')}]`,
  });
}

function repeatLayer({ key, value }: LayerCache, batch: number): LayerCache {
  if (key.shape[0] === batch) return { key, value };
  return { key: tf.tile(key, [batch, 1, 1, 1]), value: tf.tile(value, [batch, 1, 1, 1]) };
}
