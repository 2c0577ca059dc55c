/** Our side: decisions with and without caches, in batches, and training steps. */
import type { Frame } from '../../src/core/index.js';
import { createRandom } from '../../src/core/index.js';
import { preprocess } from '../../src/model/image/index.js';
import type { ImageProcessing } from '../../src/model/image/preprocessor-config.js';
import { FeatureCache } from '../../src/model/inference/feature-cache.js';
import { type Prefix, PrefixCache } from '../../src/model/inference/prefix-cache.js';
import { scoreAnswers } from '../../src/model/inference/score.js';
import { Trainer } from '../../src/model/learning/index.js';
import type { Network } from '../../src/model/network/network.js';
import { PARTS } from '../../src/model/network/parameter-specs.js';

const NO_PREFIX: Prefix = { length: 0, layers: undefined };
/** Tokens of instructions before the first picture, about those of a game. */
const INSTRUCTIONS = 160;

export class Ours implements Disposable {
  readonly prompt: readonly number[];
  /** Five named actions, one of two tokens, each with the token that ends it. */
  readonly answers: readonly (readonly number[])[] = [
    [41, 2],
    [42, 2],
    [43, 2],
    [44, 2],
    [45, 46, 2],
  ];
  /** What every frame is made of; to draw each anew would take longer than to see it. */
  readonly #noise: Uint8Array;
  #frames = 0;
  readonly #processing: ImageProcessing;
  readonly #prefixes: PrefixCache;

  /** @param instructions tokens of text before the first picture */
  constructor(
    readonly network: Network,
    instructions = INSTRUCTIONS,
  ) {
    const { tokensPerImage, imageToken, vision } = network.image;
    const picture = new Array<number>(tokensPerImage).fill(imageToken);
    const text = Array.from({ length: instructions }, (_, i) => 10 + (i % 1000));
    this.prompt = [1, ...text, ...picture, 5, ...picture, 6, 7, 8, 9];
    const side = { height: vision.imageSize, width: vision.imageSize };
    const half = [0.5, 0.5, 0.5] as const;
    this.#processing = {
      resize: side,
      resample: 'bilinear',
      crop: null,
      rescale: 1 / 255,
      mean: half,
      deviation: half,
    };
    this.#prefixes = new PrefixCache(network);
    const random = createRandom(3);
    this.#noise = Uint8Array.from({ length: 96 * 96 * 3 }, () => random.integer(256));
  }

  /** Another one each time. */
  frame(): Frame {
    const shift = this.#frames++;
    const data = this.#noise.map((value) => value + shift);
    return { dtype: 'uint8', shape: [96, 96, 3], data };
  }

  pixels(frames: readonly Frame[]): number[] {
    return frames.flatMap((frame) => [...preprocess(frame, this.#processing).data]);
  }

  /** Decides again and again while one new frame comes in each time, as in an episode; `rows` episodes at once. */
  episode(rows: number): () => Promise<number[][]> {
    const features = new FeatureCache(this.network, this.#processing);
    let older = Array.from({ length: rows }, () => this.frame());
    return async () => {
      const newer = older.map(() => this.frame());
      const stacks = older.map((frame, i) => [frame, newer[i] as Frame]);
      older = newer;
      return this.#decide(stacks, features, true);
    };
  }

  /** Decides with nothing kept: every picture and the whole prompt anew. */
  cold(frames: readonly Frame[]): Promise<number[][]> {
    return this.#decide([frames], new FeatureCache(this.network, this.#processing), false);
  }

  /** Takes training steps over `batch` samples of the prompt and its first answer. */
  training(frames: readonly Frame[], batch: number): () => Promise<unknown> {
    const one = this.pixels(frames);
    const pixels = Float32Array.from(Array.from({ length: batch }, () => one).flat());
    const rows = Array.from({ length: batch }, () => ({ prompt: this.prompt, answers: this.answers.slice(0, 1) }));
    const schedule = { peak: 1e-4, warmup: 0, total: 1, floor: 1 };
    const trainer = new Trainer(this.network, { schedule, learning: PARTS });
    return () => trainer.step([{ rows, pixels }]);
  }

  /** Frees what is kept of prompts, and leaves the network as it is. */
  forget(): void {
    this.#prefixes[Symbol.dispose]();
  }

  /** Disposes of the network too. */
  [Symbol.dispose](): void {
    this.forget();
    this.network[Symbol.dispose]();
  }

  async #decide(stacks: readonly (readonly Frame[])[], features: FeatureCache, cached: boolean) {
    const prompts = stacks.map((frames) => ({ tokens: this.prompt, frames }));
    const prefix = cached ? this.#prefixes.shared(prompts) : NO_PREFIX;
    const known = await features.featuresOf(stacks.flat());
    return scoreAnswers(
      this.network,
      prompts,
      stacks.map(() => this.answers),
      known,
      prefix,
    );
  }
}
