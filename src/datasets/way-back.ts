/**
 * What a driver that reads the track would do where a car is lost, for recorded episodes of CarRacing. An expert that
 * never leaves the road knows no way back to it: what it says there teaches nothing. The episodes are played again in
 * Python, where the car's place is known (envs/python/agent_training/way_back.py).
 */
import { execa } from 'execa';
import type { Game } from '../agent/index.js';
import { AgentError, howItEnded } from '../core/index.js';
import { pythonCommand } from '../core/project-paths.js';
import type { Dataset } from './dataset.js';

const ENV = 'CarRacing-v3';
/** In the order of the emulator's numbers, which are what the driver answers with. */
const ACTIONS = ['nothing', 'right', 'left', 'gas', 'brake'];

/** Of an episode: the driver's action at each step before which the car is lost, null at the others. */
export type WayBack = readonly (number | null)[];

/**
 * One after the other, for the episodes in their order.
 * Throws `usage` for another game, `dataset` where an episode comes out otherwise than it was recorded.
 */
export async function* waysBack(dataset: Dataset, game: Game, signal?: AbortSignal): AsyncGenerator<WayBack> {
  requireCarRacing(game);
  const python = pythonCommand();
  const names = game.actions.map(({ name }) => name);
  const lines = [
    { name: game.name, actions: names, emulator: game.emulator },
    ...dataset.episodes.map(({ seed, score, firstStep, steps }) => {
      const actions = Array.from({ length: steps }, (_, i) => dataset.step(firstStep + i).action);
      return { seed, score, actions };
    }),
  ];
  const child = execa(python.executable, ['-m', 'agent_training.way_back'], {
    env: { ...python.env },
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    buffer: { stdout: false },
    reject: false,
    detached: true, // a terminal's Ctrl-C is ours to handle
    ...(signal ? { cancelSignal: signal } : {}),
  });
  try {
    for await (const line of child.iterable()) yield JSON.parse(line) as WayBack;
  } finally {
    child.kill();
  }
  const { exitCode, signal: endedBy, stderr } = await child;
  if (signal?.aborted) throw new AgentError('cancelled', 'stopped before it was done', { cause: signal.reason });
  if (exitCode === 0) return;
  throw new AgentError('dataset', 'the episodes cannot be played again', {
    expected: 'episodes of this version of the emulator, with the settings of the game',
    got: stderr.trim().split('\n').at(-1) || howItEnded({ exitCode, signal: endedBy }),
    where: dataset.sources.map(({ folder }) => folder).join(', '),
    next: 'collect them anew, or relabel without the way back',
  });
}

function requireCarRacing({ name, emulator: { env }, actions }: Game): void {
  const names = actions.map((action) => action.name).join(', ');
  if (env === ENV && names === ACTIONS.join(', ')) return;
  throw new AgentError('usage', 'the way back is known in CarRacing alone', {
    expected: `${ENV} with the actions ${ACTIONS.join(', ')}`,
    got: `${name}: ${env} with ${names}`,
  });
}
