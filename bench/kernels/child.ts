/**
 * What one kind of kernels takes for a decision and its parts, in a process of its own, since TensorFlow is loaded
 * once. `AGENT_KERNELS` names the kind. Prints one line of JSON. Random weights of the shape of the players of the mini
 * size.
 */
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { projectPaths } from '../../src/core/project-paths.js';
import { parseModelConfig } from '../../src/model/config/index.js';
import { decode } from '../../src/model/network/decoder.js';
import { initialParameters } from '../../src/model/network/initialise.js';
import { Network } from '../../src/model/network/network.js';
import { type Rotation, rotationFor } from '../../src/model/ops/index.js';
import { GraphFunctions, loadTensorFlow } from '../../src/model/runtime/index.js';
import { causalMask } from '../../src/model/sequence/layout.js';
import { medianMs } from '../lib/sampling.js';
import { Ours } from '../model/ours.js';

const REPEATS = 30;
const BATCH = 16;
/** A prompt of two pictures and some words behind instructions that are kept, as in CarRacing. */
const [TOKENS, PAST] = [320, 160];
/** Side of the product that says what the machine can do. */
const SIDE = 1024;

await loadTensorFlow({ device: 'cpu' });
const config = parseModelConfig(
  JSON.parse(await readFile(`${projectPaths.models}/frozen-carracing/config.json`, 'utf8')),
  'the shape of the players of the mini size',
);
const network = new Network(config, await initialParameters(config, 1));
const graphs = new GraphFunctions(() => network.parameters.all);
const { text } = config;
const { vision } = network.image;

/** Milliseconds of a graph function of these inputs. */
async function ofFunction(key: string, inputs: tf.NamedTensorMap, compute: (given: tf.NamedTensorMap) => tf.Tensor) {
  return medianMs(async () => {
    const [result] = tf.tidy(() => graphs.run(key, inputs, (given) => [compute(given)])) as [tf.Tensor];
    await result.data();
    result.dispose();
  }, REPEATS);
}

/** Billions of operations of the encoder's layers for one picture. */
function encoderWork(): number {
  const tokens = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const [width, layers] = [vision.hiddenSize, Math.max(...network.image.featureLayers)];
  return (layers * tokens * (2 * width * (4 * width + 2 * vision.intermediateSize) + 4 * tokens * width)) / 1e9;
}

/** The same of the decoder's for the prompt: what a causal mask hides is no work. */
function decoderWork(): number {
  const [width, packed] = [text.heads * text.headDim, (text.heads + 2 * text.keyValueHeads) * text.headDim];
  const dense = 2 * TOKENS * text.hiddenSize * (packed + width + 3 * text.intermediateSize);
  const seen = TOKENS * PAST + (TOKENS * (TOKENS + 1)) / 2;
  return (text.layers * (dense + 4 * seen * width)) / 1e9;
}

const pixels = tf.randomNormal([1, vision.imageSize, vision.imageSize, 3]) as tf.Tensor4D;
const cache = () => tf.randomNormal([1, text.keyValueHeads, PAST, text.headDim]) as tf.Tensor4D;
const positions = Array.from({ length: TOKENS }, (_, i) => PAST + i);
const inverse = Float64Array.from({ length: text.headDim / 2 }, (_, i) => 10_000 ** (-2 * i * (1 / text.headDim)));
const prompt = {
  embeddings: tf.randomNormal([TOKENS, text.hiddenSize]),
  ...rotationFor(positions, 1, { inverse, attentionFactor: 1 }),
  mask: tf.tensor4d(causalMask(TOKENS, PAST), [1, 1, TOKENS, PAST + TOKENS]),
  ...Object.fromEntries(Array.from({ length: 2 * text.layers }, (_, i) => [`past${i}`, cache()])),
} as tf.NamedTensorMap;
const readPrompt = (given: tf.NamedTensorMap): tf.Tensor =>
  decode(
    {
      embeddings: given.embeddings as tf.Tensor2D,
      batch: 1,
      rotation: { cosine: given.cosine, sine: given.sine } as Rotation,
      visible: { kind: 'dense', mask: given.mask as tf.Tensor4D },
      past: Array.from({ length: text.layers }, (_, i) => ({
        key: given[`past${2 * i}`] as tf.Tensor4D,
        value: given[`past${2 * i + 1}`] as tf.Tensor4D,
      })),
    },
    network.parameters,
    text,
  ).hidden;

const ours = new Ours(network);
const square = { a: tf.randomNormal([SIDE, SIDE]), b: tf.randomNormal([SIDE, SIDE]) } as tf.NamedTensorMap;
const decision = await medianMs(ours.episode(1), REPEATS);
const batch = (await medianMs(ours.episode(BATCH), Math.ceil(REPEATS / 4))) / BATCH;
const encoder = encoderWork() / ((await medianMs(async () => (await ofPicture()).dispose(), REPEATS)) / 1e3);
const decoder = decoderWork() / ((await ofFunction('decoder', prompt, readPrompt)) / 1e3);
const product =
  (2 * SIDE ** 3) /
  1e9 /
  ((await ofFunction('product', square, ({ a, b }) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D))) / 1e3);

async function ofPicture(): Promise<tf.Tensor> {
  const features = tf.tidy(() => network.features(pixels));
  await features.data();
  return features;
}

console.log(JSON.stringify({ decision, batch, encoder, decoder, product }));
process.exit(0);
