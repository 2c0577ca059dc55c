/** The shipped experts decide in TypeScript what they decide in Stable-Baselines3, on recorded observations. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPaths } from '../../src/core/project-paths.js';
import { Expert, preprocessFrame } from '../../src/expert/index.js';
import { type ParityFile, readParity } from './parity-file.js';

const LOGIT_TOLERANCE = 1e-4;

describe.each(['carracing', 'spaceinvaders'])('%s', (game) => {
  let expert: Expert;
  let parity: ParityFile;
  beforeAll(async () => {
    parity = await readParity(game);
    expert = await Expert.load(join(projectPaths.models, `expert-${game}`));
  });
  afterAll(() => {
    expert[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('is the checkpoint that was recorded', () => {
    expect(parity.checkpointHash).toBe(expert.weightsHash);
    expect(parity.stacks.length).toBeGreaterThanOrEqual(40);
  });

  it('preprocesses every frame to the bit', () => {
    parity.frames.forEach((frame, i) => {
      const { data } = preprocessFrame(frame, expert.config.preprocessing);
      expect(Buffer.compare(data, parity.preprocessed[i] as Uint8Array), `frame ${i}`).toBe(0);
    });
  });

  it('takes the same action always, with logits and values as near as float32 lets them be', () => {
    const pictures = parity.frames.map((frame) => preprocessFrame(frame, expert.config.preprocessing));
    const batch = parity.stacks.map((rows) => rows.map((row) => pictures[row] as (typeof pictures)[number]));
    const decisions = expert.decide(batch);
    expect(decisions.map(({ action }) => action)).toEqual(parity.actions);
    decisions.forEach(({ scores, value }, i) => {
      for (const [j, score] of scores.entries()) {
        expect(Math.abs(score - (parity.outputs[i]?.[j] as number)), `decision ${i}`).toBeLessThan(LOGIT_TOLERANCE);
      }
      const scale = expert.config.value_scale ?? 1;
      expect(Math.abs((value as number) - (parity.values[i] as number)) / scale).toBeLessThan(LOGIT_TOLERANCE);
    });
  });

  it('decides alone what it decides in a batch', () => {
    const pictures = parity.frames.map((frame) => preprocessFrame(frame, expert.config.preprocessing));
    const batch = parity.stacks
      .slice(0, 5)
      .map((rows) => rows.map((row) => pictures[row] as (typeof pictures)[number]));
    const together = expert.decide(batch);
    const before = tf.memory().numTensors;
    batch.forEach((stack, i) => {
      const [alone] = expert.decide([stack]);
      expect(alone?.action).toBe(together[i]?.action);
      expect(alone?.probabilities?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
