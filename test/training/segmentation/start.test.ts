/** What learning masks begins with, on the shipped model: the pixel that is asked for is found and read. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { preprocess } from '../../../src/model/image/index.js';
import { findModel } from '../../../src/model/index.js';
import { logitsBehind, readBeginning } from '../../../src/training/pvp/continue-each.js';
import { loadAnswerer } from '../../../src/training/pvp/index.js';
import { openReferringSet } from '../../../src/training/segmentation/sets/open.js';
import { readyForMasks } from '../../../src/training/start/masks.js';
import { PIXEL_PROMPT, type Place } from '../../../src/training/tasks/pixels.js';
import { RowBuilder } from '../../../src/training/tasks/row-builder.js';
import { segmentationPrompt } from '../../../src/training/tasks/segmentation.js';

const PLACES: readonly Place[] = Array.from({ length: 24 }, (_, i) => ({ y: (i * 37) % 96, x: (i * 53) % 96 }));

let answerer: Awaited<ReturnType<typeof loadAnswerer>>;
let picture: Frame;
let rows: RowBuilder;
beforeAll(async () => {
  answerer = await loadAnswerer(await findModel('pae-lamm-objects'));
  rows = new RowBuilder(answerer.tokenizer, answerer.network.image);
  ({ image: picture } = await (await openReferringSet('scenes', { side: 96, seed: 1 })).at('validation', 0));
}, 120_000);
afterAll(() => answerer[Symbol.dispose]());

/** The likeliest token behind each query about a place, as text. */
function likeliest(prompt: string, queries: readonly (readonly number[])[], position?: number): string[] {
  const { network, tokenizer, processing } = answerer;
  const pixels = preprocess(picture, processing).data;
  using beginning = readBeginning(network, rows.prompt(prompt), pixels, position);
  const ids = tf.tidy(() => tf.argMax(logitsBehind(network, beginning, queries), 1).dataSync<'int32'>());
  return Array.from(ids, (id) => tokenizer.decode([id]));
}

/** How far the numbers that are said are from the red of the places, on the average. */
function errorOfRed(said: readonly string[]): number {
  const reds = PLACES.map(({ y, x }) => picture.data[(y * 96 + x) * 3] as number);
  const errors = said.map((text, i) => Math.abs(Number(text.replaceAll(/\D/g, '')) - (reds[i] as number)));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe('a decoder that begins to learn masks', { timeout: 120_000 }, () => {
  const masks = (expression: string, position?: number) =>
    likeliest(
      segmentationPrompt(expression),
      PLACES.map((place) => rows.maskPlace(place)),
      position,
    );
  const expressions = ['the ring', 'the striped red ring to the left of the small square'];

  it('reads the pixel that is asked for behind words of any length', () => {
    for (const expression of expressions) expect(errorOfRed(masks(expression, rows.queryPosition))).toBeLessThan(12);
    expect(errorOfRed(masks(expressions[1] as string))).toBeGreaterThan(24);
  });

  it('has unlearnt at once that a colour follows, and reads pixels as before', () => {
    const asked = PLACES.map((place) => rows.place(place));
    expect(masks('the ring', rows.queryPosition)).not.toContain('1');
    const before = likeliest(PIXEL_PROMPT, asked);
    readyForMasks(answerer.network, answerer.tokenizer);
    for (const expression of expressions) {
      const said = masks(expression, rows.queryPosition);
      for (const text of said) expect(['0', '1', '']).toContain(text);
      expect(said.filter((text) => text !== '').length).toBeGreaterThan(PLACES.length / 2);
    }
    const after = likeliest(PIXEL_PROMPT, asked);
    expect(Math.abs(errorOfRed(after) - errorOfRed(before))).toBeLessThan(2);
  });
});
