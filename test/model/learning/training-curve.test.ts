/** The record of a training run. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { type StepReport, TrainingCurve } from '../../../src/model/learning/index.js';

it('is a file of numbers, TensorBoard events and a picture, and drops what is not continued', async () => {
  const place = await mkdtemp(join(tmpdir(), 'curve-'));
  const report = (step: number): StepReport => ({
    step,
    loss: 5 / step,
    tokens: 4,
    learningRate: 0.1,
    gradientNorm: 1,
  });
  const first = await TrainingCurve.open(place, 0);
  for (let step = 1; step <= 5; step++) first.add(report(step));
  await first.write();
  const before = tf.memory().numTensors;
  for (let step = 6; step <= 50; step++) first.add(report(step));
  expect(tf.memory().numTensors).toBe(before);
  const second = await TrainingCurve.open(place, 3);
  second.add(report(4));
  await second.write();
  const lines = (await readFile(join(place, 'curve.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4]);
  expect(await sharp(join(place, 'curve.png')).metadata()).toMatchObject({ width: 900, height: 420, format: 'png' });
  const events = await readdir(join(place, 'events'));
  const bytes = Buffer.concat(await Promise.all(events.map((name) => readFile(join(place, 'events', name)))));
  expect(bytes.includes('gradient_norm')).toBe(true);
  await rm(place, { recursive: true });
});
