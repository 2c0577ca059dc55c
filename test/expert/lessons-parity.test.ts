/**
 * The package that teaches on a GPU (envs/python/agent_envs/lessons) and what plays make the same of recorded pictures: teacher, what
 * stands in patches, and the network with the shipped weights. What that package says: `python -m agent_envs.lessons.parity`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadGame } from '../../src/agent/index.js';
import { modelAnswers } from '../../src/agent/policies/pae-lamm.js';
import { writeSighted } from '../../src/agent/sighted-answer.js';
import { projectPaths } from '../../src/core/project-paths.js';
import type { Dataset } from '../../src/datasets/index.js';
import { teacherOf } from '../../src/expert/index.js';
import { readImageProcessing } from '../../src/model/image/index.js';
import { VisionLanguageModel } from '../../src/model/index.js';
import { SCENE, sceneBatch } from '../../src/training/play/scene-batch.js';
import { type ParityFile, readParity } from './parity-file.js';

/** A float32 network against one that multiplies in another order. */
const SCORE_TOLERANCE = 2e-3;

const fixture = new URL('fixtures/spaceinvaders-lessons.json', import.meta.url);
const decisionSchema = z.strictObject({
  stack: z.array(z.int()),
  teacher: z.strictObject({ sights: z.array(z.int()), action: z.int() }),
  /** Values of the patches' things that are not 0, by their place among all. */
  things: z.array(z.tuple([z.int(), z.number()])),
  model: z.strictObject({ numbers: z.array(z.int()), action: z.int(), scores: z.array(z.number()) }),
});

const game = loadGame('spaceinvaders');
const teacher = teacherOf(game);
const folder = join(projectPaths.models, 'pae-lamm-spaceinvaders');
let frames: ParityFile['frames'];
let decisions: z.output<typeof decisionSchema>[];

beforeAll(async () => {
  ({ frames } = await readParity('spaceinvaders'));
  decisions = z.array(decisionSchema).parse(JSON.parse(await readFile(fixture, 'utf8')));
});

const framesOf = (stack: readonly number[]) => stack.map((frame) => frames[frame] as (typeof frames)[number]);

describe('lessons in TypeScript and in Python', { timeout: 120_000 }, () => {
  it('tell the same numbers and actions', () => {
    expect(decisions.length).toBeGreaterThanOrEqual(60);
    for (const { stack, teacher: said } of decisions) expect(teacher.look(framesOf(stack))).toEqual(said);
  });

  it('tell the same of every patch', async () => {
    using model = await VisionLanguageModel.load(folder);
    const processing = await readImageProcessing(folder);
    const [start, size] = [SCENE.start + SCENE.placeSize, SCENE.kinds * SCENE.thingSize];
    for (const { stack, things } of decisions) {
      const shown = framesOf(stack);
      const dataset = { frameShape: { height: 210, width: 160 }, sources: [], step: () => ({ stack }) };
      const sample = { dataset: dataset as unknown as Dataset, index: 0 };
      const { features } = sceneBatch([{ sample, taught: { things: teacher.things(shown) } }], { model, processing });
      const { values } = features as { values: Float32Array };
      const hidden = model.config.text.hiddenSize;
      const told = new Map(things);
      for (let patch = 0; patch < 144; patch++) {
        for (let at = 0; at < size; at++) {
          const value = values[patch * hidden + start + at] as number;
          // float16 on their side.
          expect(value).toBeCloseTo(told.get(patch * size + at) ?? 0, 2);
        }
      }
    }
  });

  it('come to a network that says the same', async () => {
    using model = await VisionLanguageModel.load(folder);
    const answersOf = modelAnswers(model);
    for (const { stack, model: said } of decisions.filter((_, i) => i % 4 === 0)) {
      const [answer] = await answersOf(game, [{ frames: framesOf(stack), attempt: 0 }]);
      expect(answer?.raw).toBe(writeSighted(said.numbers, game.actions[said.action]?.name as string));
      answer?.scores.forEach((score, action) => {
        expect(Math.abs(score - (said.scores[action] as number))).toBeLessThan(SCORE_TOLERANCE);
      });
    }
  });
});
