/** What a start that knows things says of patches, and that its decoder finds what words name before it has learnt. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import {
  type BoxItem,
  type DrawnScene,
  drawScene,
  makeScene,
  questionsOf,
  referencesOf,
  scoreBoxes,
} from '../../../src/training/pictures/index.js';
import { COLOUR_NAMES } from '../../../src/training/pictures/scenes/palette.js';
import { SHAPE_NAMES } from '../../../src/training/pictures/scenes/shapes.js';
import { continueEach, logitsBehind } from '../../../src/training/pvp/continue-each.js';
import { makeStart } from '../../../src/training/start/make.js';
import { ATTRIBUTE_WORDS, DENSITY, EDGE_SIZE, edgeCode, THINGS } from '../../../src/training/start/things/layout.js';
import { BOX_PROMPT, boxQuery, CHAT_PROMPT, questionText } from '../../../src/training/tasks/language.js';
import { beginningOf, quickSettings, SIDE, type ToldStart, toldStart } from './told-patches.js';

const settings = quickSettings({
  language: { hidden_size: 288, intermediate_size: 512, layers: 4, heads: 6, context: 512 },
});

let start: ToldStart;
beforeAll(async () => {
  start = await toldStart(settings);
}, 120_000);
afterAll(() => start[Symbol.asyncDispose]());

const sceneOf = (seed: number): DrawnScene => drawScene(makeScene(seed, 0.5), SIDE);

describe('what is told of the patches of a scene', () => {
  it('is the words, the box and the number of what lies in them', () => {
    for (let seed = 0; seed < 20; seed++) {
      const drawn = sceneOf(seed);
      const told = start.content.withThings([drawn]);
      let density = 0;
      for (let patch = 0; patch < 144; patch++) {
        const state = told.subarray(patch * start.content.size, (patch + 1) * start.content.size);
        density += (state[THINGS.density.start] as number) / DENSITY;
        const words = ATTRIBUTE_WORDS.filter((_, i) => (state[THINGS.things.start + i] as number) > 0);
        const at = (8 * Math.floor(patch / 12) + 4) * SIDE + 8 * (patch % 12) + 4;
        const owner = drawn.owners[at] as number;
        if (owner === 0 || words.length === 0) continue;
        const edges = [0, 1, 2, 3].map((edge) => edgeIn(state, THINGS.box.start + edge * EDGE_SIZE));
        const object = drawn.scene.objects.findIndex(({ colour, shape, size, pattern }, i) => {
          const isMeant = [colour, shape, size, pattern].every((word) => words.includes(word));
          return isMeant && drawn.boxes[i]?.join() === edges.join();
        });
        expect(object).toBeGreaterThanOrEqual(0);
      }
      expect(density).toBeCloseTo(drawn.scene.objects.length, 3);
    }
  });
});

/** The pixel whose code is most like what stands in a state. */
function edgeIn(state: Float32Array, start: number): number {
  const likeness = Array.from({ length: SIDE }, (_, pixel) =>
    edgeCode(pixel).reduce((sum, value, i) => sum + value * (state[start + i] as number), 0),
  );
  return likeness.indexOf(Math.max(...likeness));
}

describe('a decoder that begins by looking for what words name', { timeout: 240_000 }, () => {
  it('answers where it is', async () => {
    const items: BoxItem[] = [];
    const answers: string[] = [];
    for (let seed = 0; items.length < 24; seed++) {
      const drawn = sceneOf(seed);
      const [reference] = referencesOf(drawn, createRandom(seed, 'reference'));
      if (!reference) continue;
      const { beginning, given } = beginningOf(start, drawn, {
        prompt: BOX_PROMPT,
        asked: boxQuery(reference.expression),
      });
      using _ = beginning;
      const [answer] = await continueEach(start.answerer.network, start.answerer.tokenizer, beginning, [given]);
      items.push({ image: drawn.image, expression: reference.expression, box: reference.box });
      answers.push(start.answerer.tokenizer.decode(answer ?? []));
    }
    // A third is far from all, and far above what a box of another object would have: tops are often wrong at first.
    expect(scoreBoxes(items, answers).accuracy).toBeGreaterThan(0.3);
  });

  it('finds colours and shapes likelier than others', () => {
    const right = { colour: 0, shape: 0 };
    const asked = { colour: 0, shape: 0 };
    for (let seed = 0; asked.colour + asked.shape < 40; seed++) {
      const drawn = sceneOf(seed);
      for (const { kind, question, answer } of questionsOf(drawn.scene, createRandom(seed, 'question'))) {
        if (kind !== 'colour' && kind !== 'shape') continue;
        const names: readonly string[] = kind === 'colour' ? COLOUR_NAMES : SHAPE_NAMES;
        const { beginning, given } = beginningOf(start, drawn, {
          prompt: CHAT_PROMPT,
          asked: questionText(question),
        });
        using _ = beginning;
        const logits = tf.tidy(() => logitsBehind(start.answerer.network, beginning, [given]).dataSync());
        const of = (name: string): number => logits[start.answerer.tokenizer.encode(name)[0] as number] as number;
        const best = names.reduce((most, name) => (of(name) > of(most) ? name : most));
        asked[kind]++;
        if (best === answer) right[kind]++;
      }
    }
    expect(right.colour / asked.colour).toBeGreaterThan(0.85);
    expect(right.shape / asked.shape).toBeGreaterThan(0.85);
  });

  it('is refused where the network has no room for it', async () => {
    const small = { ...settings, language: { ...settings.language, layers: 3 } };
    const folder = await mkdtemp(join(tmpdir(), 'pvp-small-'));
    await expect(makeStart(small, folder, async () => [])).rejects.toThrow('too small for a start that knows things');
    await rm(folder, { recursive: true });
  });
});
