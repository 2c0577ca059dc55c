/** The contract of `Env`, held by the environments of the bridge and by the one in memory that tests use. */
import { afterAll, beforeAll } from 'vitest';
import { type Emulators, makeEnv, startEmulators } from '../../src/env-bridge/index.js';
import { CountingEnv } from './counting-env.js';
import { describeEnvContract } from './env-conformance.js';
import { FAULT, games, useFaultEnvironments } from './fixtures.js';

useFaultEnvironments();

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(async () => {
  await emulators.close();
});

describeEnvContract('in memory', {
  make: async () => new CountingEnv(),
  maxSteps: 6,
  sampleAction: (draw) => Math.floor(draw * 3),
  illegalActions: [3, -1, 0.5],
});

for (const { id, options, actions } of games(40)) {
  describeEnvContract(id, {
    make: () => makeEnv(id, { ...options, emulators }),
    maxSteps: 10,
    sampleAction: (draw) => Math.floor(draw * actions),
    illegalActions: [actions, -1, 0.5, Number.NaN, [0]],
    seedChangesObservation: id !== 'ALE/SpaceInvaders-v5', // every game of it begins with the same screen
  });
}

describeEnvContract('a Box action space, float observations', {
  make: () => makeEnv(FAULT, { kwargs: { box: true, episode: 6 }, emulators }),
  maxSteps: 6,
  sampleAction: (draw) => [draw * 2 - 1, 1 - draw],
  illegalActions: [0, [0], [0, 0, 0], [0, 1.5], [Number.NaN, 0], [Number.POSITIVE_INFINITY, 0]],
});

describeEnvContract('integer observations', {
  make: () => makeEnv(FAULT, { kwargs: { dtype: 'int64', episode: 3 }, emulators }),
  maxSteps: 3,
  sampleAction: (draw) => Math.floor(draw * 3),
  illegalActions: [3],
});
