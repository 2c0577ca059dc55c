/**
 * Referring segmentation by a model: first it is asked for the box of what the words refer to, then for every pixel in
 * it whether it belongs there.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { preprocess, resize } from '../../model/image/index.js';
import { boxAround, type Mask, maskOfBox, resizeMask } from '../masks/mask.js';
import { type Box, parseBox } from '../pictures/index.js';
import type { Answerer } from '../pvp/answer-pixels.js';
import {
  type Beginning,
  continueEach,
  logitsBehind,
  PASS,
  readBeginning,
  requireNumber,
} from '../pvp/continue-each.js';
import { BOX_PROMPT, boxQuery } from '../tasks/language.js';
import type { Place } from '../tasks/pixels.js';
import { RowBuilder } from '../tasks/row-builder.js';
import { MASK_ANSWERS, segmentationPrompt } from '../tasks/segmentation.js';

export interface Segmented {
  /** The answer for the box, word by word. */
  readonly boxAnswer: string;
  /** The box in the picture's own pixels; null where the answer was none, and then every pixel was asked. */
  readonly box: Box | null;
  /** In the picture's own size. */
  readonly mask: Mask;
  /** Pixels that were asked, of the picture as the model sees it. */
  readonly asked: number;
  readonly milliseconds: number;
}

/**
 * The mask of what `expression` refers to.
 * @param picture `uint8` [height, width, 3] of any size; the model sees it squeezed to its square.
 */
export async function segment(
  answerer: Answerer,
  picture: Frame,
  expression: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Segmented> {
  const started = performance.now();
  const { network, tokenizer, processing } = answerer;
  const side = network.image.vision.imageSize;
  const [height, width] = picture.shape as [number, number, number];
  const pixels = preprocess(resize(picture, side, side, 'bicubic'), processing).data;
  const rows = new RowBuilder(tokenizer, network.image);
  using about = readBeginning(network, rows.prompt(BOX_PROMPT), pixels);
  const [tokens = []] = await continueEach(network, tokenizer, about, [tokenizer.encode(boxQuery(expression))]);
  const boxAnswer = tokenizer.decode(tokens);
  const found = clip(parseBox(boxAnswer), side);
  const places = placesIn(found ?? [0, 0, side - 1, side - 1]);
  const prompt = rows.prompt(segmentationPrompt(expression));
  using beginning = readBeginning(network, prompt, pixels, rows.queryPosition);
  const data = new Uint8Array(side * side);
  for (let first = 0; first < places.length; first += PASS) {
    signal?.throwIfAborted();
    const asked = places.slice(first, first + PASS);
    const inside = await areInside(
      answerer,
      beginning,
      asked.map((place) => rows.maskPlace(place)),
    );
    for (const [i, { y, x }] of asked.entries()) data[y * side + x] = inside[i] as number;
    // Between passes the process may look at its signals.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    boxAnswer,
    box: found ? boxIn(found, side, height, width) : null,
    mask: resizeMask({ height: side, width: side, data }, height, width),
    asked: places.length,
    milliseconds: performance.now() - started,
  };
}

/** 1 for each query whose likelier answer of the two is `1`. */
async function areInside(
  { network, tokenizer }: Answerer,
  beginning: Beginning,
  branches: readonly (readonly number[])[],
): Promise<Uint8Array> {
  const [zero, one] = MASK_ANSWERS.map((answer) => tokenizer.encode(answer)[0] as number) as [number, number];
  const margins = tf.tidy(() => {
    const logits = logitsBehind(network, beginning, branches);
    return tf.sub(tf.gather(logits, [one], 1), tf.gather(logits, [zero], 1)).reshape([-1]);
  });
  const values = await margins.data<'float32'>();
  margins.dispose();
  requireNumber(values.find((value) => !Number.isFinite(value)) ?? 0);
  return Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
}

/** The part of a box that lies in the picture; undefined where none does. */
function clip(box: Box | undefined, side: number): Box | undefined {
  if (!box || box[0] >= side || box[1] >= side) return undefined;
  return [box[0], box[1], Math.min(box[2], side - 1), Math.min(box[3], side - 1)];
}

function placesIn([y0, x0, y1, x1]: Box): Place[] {
  const columns = x1 - x0 + 1;
  return Array.from({ length: (y1 - y0 + 1) * columns }, (_, i) => ({
    y: y0 + Math.floor(i / columns),
    x: x0 + (i % columns),
  }));
}

/** The same box in a picture of another size. */
function boxIn(box: Box, side: number, height: number, width: number): Box {
  return boxAround(resizeMask(maskOfBox(box, side, side), height, width)) ?? box;
}
