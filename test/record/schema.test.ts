import { describe, expect, it } from 'vitest';
import { recordJson } from '../../src/record/json.js';
import { manifestSchema, resetLineSchema, stepLineSchema } from '../../src/record/schema.js';
import { manifest, stepLine } from './support/lines.js';

describe('manifest', () => {
  it('reads back equal', () => {
    expect(manifestSchema.parse(JSON.parse(recordJson(manifest)))).toEqual(manifest);
  });

  it('keeps the infinite bounds of an observation space', () => {
    const observationSpace = { kind: 'box', shape: [4], dtype: 'float32', low: -Infinity, high: Infinity } as const;
    const endless = { ...manifest, env: { ...manifest.env, observationSpace } };
    expect(manifestSchema.parse(JSON.parse(recordJson(endless)))).toEqual(endless);
  });

  it.each([
    ['an unknown field', { surprise: 1 }],
    ['another status', { status: 'done' }],
    ['a seed beyond what the emulator takes', { seed: 2 ** 32 }],
    ['a seed that is no whole number', { seed: 1.5 }],
    ['a time in words', { started: 'yesterday' }],
    ['a commit that is none', { git: { commit: '../../etc/passwd', dirty: false } }],
    ['a count of decisions below zero', { result: { ...manifest.result, decisions: -1 } }],
    ['an episode that was played in no environment', { env: null }],
    ['a score that JSON cannot hold', { result: { ...manifest.result, score: 'NaN' } }],
  ])('refuses %s', (_what, change) => {
    expect(manifestSchema.safeParse({ ...manifest, ...change }).success).toBe(false);
  });
});

describe('step line', () => {
  it('reads back equal, log-probabilities of minus infinity included', () => {
    const line = { ...stepLine, scores: [-0.5, -Infinity] };
    expect(stepLineSchema.parse(JSON.parse(recordJson(line)))).toEqual(line);
  });

  it.each([
    ['a hash that is none', { observation: '<script>' }],
    ['an action below zero', { executed: -1 }],
    ['an action that is text', { executed: 'left' }],
    ['a reward beyond JSON', { reward: 'Infinity' }],
    ['a step number that is huge', { step: 1e300 }],
    ['a latency below zero', { policyMs: -1 }],
    ['an unknown field', { html: '<b>' }],
  ])('refuses %s', (_what, change) => {
    expect(stepLineSchema.safeParse({ ...stepLine, ...change }).success).toBe(false);
  });

  it('takes the vector of a Box action', () => {
    expect(stepLineSchema.safeParse({ ...stepLine, answered: [0.5, -1], executed: [0.5, -1] }).success).toBe(true);
  });

  it('is no reset, and the reset is no step', () => {
    expect(resetLineSchema.safeParse(stepLine).success).toBe(false);
    expect(stepLineSchema.safeParse({ ...stepLine, step: 0 }).success).toBe(false);
  });
});
