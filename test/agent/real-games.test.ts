/** Every shipped game in its real emulator: what its YAML says is what the emulator is. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpisodeObserver, fromVectorEnv, type Game, listGames, playEpisodes } from '../../src/agent/index.js';
import { type Emulators, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { createPolicy } from '../../src/players/index.js';

const DECISIONS = 12;

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.close());

/** Plays two seeds on two environments, and gives what a record would hold. */
async function play(game: Game): Promise<string[][]> {
  await using vector = await makeVectorEnv(game.emulator.env, { ...game.emulator, count: 2, emulators });
  await using policy = await createPolicy('random', { game });
  const lines: string[][] = [[], []];
  const episodes = lines.map((line, i) => {
    const observer: EpisodeObserver = {
      onReset: ({ observationHash }) => void line.push(observationHash),
      onStep: ({ step, executed, reward, observationHash }) =>
        void line.push([step, executed, reward, observationHash].join(' ')),
    };
    return { id: `seed ${i}`, seed: i, observers: [observer] };
  });
  const environments = fromVectorEnv(vector);
  const ends = await playEpisodes({ game, policy, environments, episodes, maxDecisions: DECISIONS });
  expect(ends.map(({ status, error }) => [status, error])).toEqual(Array(2).fill(['stopped', null]));
  expect(vector.spec.frameSkip).toBe(game.emulator.frameSkip);
  return lines;
}

describe.each(listGames().map((game) => [game.name, game] as const))('%s', (_, game) => {
  it('plays in its emulator, the same each time', async () => {
    const [first, again] = [await play(game), await play(game)];
    expect(first).toEqual(again);
    expect(first[0]).toHaveLength(DECISIONS + 1);
    expect(first[0]).not.toEqual(first[1]);
  });
});
