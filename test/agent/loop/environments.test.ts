import { describe, expect, it } from 'vitest';
import { fromVectorEnv } from '../../../src/agent/index.js';
import { AgentError } from '../../../src/core/index.js';
import type { VectorEnv, VectorStep } from '../../../src/env-bridge/index.js';
import { fakeSpec, frame } from '../support/fake-environment.js';

/** A vector environment that keeps what it was asked and answers with given steps. */
function fakeVector(steps: readonly VectorStep[]) {
  const calls: unknown[] = [];
  const answer = (...call: unknown[]): Promise<readonly VectorStep[]> => {
    calls.push(call);
    return Promise.resolve(steps);
  };
  const vector = { spec: fakeSpec(), count: 3, reset: answer, step: answer } as unknown as VectorEnv;
  return { vector, calls };
}

const mid: VectorStep = { kind: 'mid', observation: frame(1), reward: 1, info: {}, emulatorMicroseconds: 5 };

describe('fromVectorEnv', () => {
  it('asks for the slots meant, in one call, and keeps failures apart', async () => {
    const error = new AgentError('env_failure', 'broken');
    const { vector, calls } = fakeVector([mid, { kind: 'failed', error }]);
    const environments = fromVectorEnv(vector, { frames: true });
    const { signal } = new AbortController();
    const requests = [
      { slot: 2, action: 4 },
      { slot: 0, action: 1 },
    ];
    expect(await environments.step(requests, { signal })).toEqual([
      { status: 'fulfilled', value: mid },
      { status: 'rejected', reason: error },
    ]);
    expect(calls).toEqual([[[4, 1], { envs: [2, 0], frames: true, signal }]]);
    expect(environments).toMatchObject({ count: 3, spec: vector.spec });
  });

  it('resets with one seed a slot, and without frames unless they are asked for', async () => {
    const { vector, calls } = fakeVector([mid]);
    await fromVectorEnv(vector).reset([{ slot: 1, seed: 42 }]);
    expect(calls).toEqual([[[42], { envs: [1], frames: false }]]);
  });
});
