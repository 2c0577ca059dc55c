/** The teacher beside the real console: what it sees is what the memory holds, and it plays well. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { FrameStack, fromVectorEnv, loadGame, playEpisodes } from '../../src/agent/index.js';
import type { NdArray } from '../../src/core/index.js';
import { type Emulators, makeEnv, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { type Things, teacherOf } from '../../src/expert/index.js';
import { teacherPolicy } from '../../src/players/index.js';

const game = loadGame('spaceinvaders');
const { env: id, ...settings } = game.emulator;
const DECISIONS = 300;

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators({ processes: 2 });
});
afterAll(() => emulators.close());

/** Where the console says that things are. The addresses of its memory were found by comparing with the screen. */
function truthOf({ data }: NdArray): { cannon: number; bombs: { x: number; y: number }[] } {
  const at = (address: number): number => Number(data[address]);
  const bombs = [0, 1].map((bomb) => ({ x: at(83 + bomb) - 2, y: 2 * at(81 + bomb) + 6 }));
  // Further down they are in the ground, further up behind the invaders that drop them.
  return { cannon: at(28) + 2, bombs: bombs.filter(({ y }) => y >= 60 && y <= 185) };
}

/** The same game twice, once seen and once as the console's memory. */
async function watch(seed: number): Promise<{ seen: Things; truth: ReturnType<typeof truthOf> }[]> {
  const memory = { ...settings, kwargs: { ...settings.kwargs, obs_type: 'ram' }, maxPool: false };
  await using shown = await makeEnv(id, { ...settings, emulators });
  await using hidden = await makeEnv(id, { ...memory, emulators });
  const teacher = teacherOf(game);
  const stack = new FrameStack(game.frames);
  const pairs = [];
  let [picture, truth] = await Promise.all([shown.reset({ seed }), hidden.reset({ seed })]);
  stack.reset(picture.observation);
  for (let i = 0; i < DECISIONS; i++) {
    // Now and then something else, for places where the teacher would not go.
    const action = i % 10 === 0 ? (i / 10) % 6 : teacher.look(stack.frames).action;
    [picture, truth] = await Promise.all([shown.step(action), hidden.step(action)]);
    stack.push(picture.observation);
    pairs.push({ seen: teacher.things(stack.frames), truth: truthOf(truth.observation) });
  }
  return pairs;
}

it('sees cannon and bombs where the console has them', async () => {
  const pairs = (await Promise.all([3000, 3001].map(watch))).flat();
  const cannons = pairs.filter(({ seen }) => seen.cannon !== null);
  expect(cannons.length).toBeGreaterThan(0.9 * pairs.length);
  for (const { seen, truth } of cannons)
    expect(Math.abs((seen.cannon?.x as number) - truth.cannon)).toBeLessThanOrEqual(1);
  const bombs = pairs.flatMap(({ seen, truth }) => truth.bombs.map((bomb) => ({ bomb, seen: seen.bombs })));
  const found = bombs.filter(({ bomb, seen }) => seen.some(({ x, y }) => x === bomb.x && Math.abs(y - bomb.y) <= 4));
  expect(bombs.length).toBeGreaterThan(200);
  expect(found.length).toBeGreaterThan(0.98 * bombs.length);
  const seen = pairs.reduce((sum, pair) => sum + pair.seen.bombs.filter(({ y }) => y >= 60 && y <= 185).length, 0);
  expect(seen).toBeLessThan(1.05 * bombs.length);
}, 120_000);

it('has 900 points and more in the mean of four seeds', async () => {
  await using vector = await makeVectorEnv(id, { ...settings, emulators, count: 4 });
  await using policy = teacherPolicy(game);
  const episodes = [3000, 3001, 3002, 3003].map((seed) => ({ id: `${seed}`, seed, observers: [] }));
  const ends = await playEpisodes({ game, policy, environments: fromVectorEnv(vector), episodes, maxDecisions: 1200 });
  expect(ends.map(({ error }) => error)).toEqual([null, null, null, null]);
  expect(ends.reduce((sum, { score }) => sum + score, 0) / ends.length).toBeGreaterThanOrEqual(900);
}, 180_000);
