/**
 * A Stable-Baselines3 zip as an expert package. `agent_envs.sb3` reads it in the emulators' Python: as data, running
 * nothing that it holds.
 */
import { resolve } from 'node:path';
import { execa } from 'execa';
import type { Game } from '../agent/index.js';
import { AgentError, howItEnded, type JsonObject } from '../core/index.js';
import { pythonCommand } from '../core/project-paths.js';

export interface ImportOptions {
  /** The game that it plays. */
  readonly game: Game;
  /** Folder of the package. */
  readonly out: string;
  /** `atari`, `carracing` or a JSON file; without it what rl-zoo3 does for the environment. */
  readonly preprocessing?: string;
  /** `vecnormalize.pkl` of a policy that was trained on normalised observations. */
  readonly statistics?: string;
}

const REASON = /^error: /;

/**
 * Converts and writes; resolves to what is known of the zip.
 * Rejects with `checkpoint` that says what does not fit.
 */
export async function importZip(zip: string, options: ImportOptions): Promise<JsonObject> {
  const { game, out, preprocessing, statistics } = options;
  const { executable, env } = pythonCommand();
  const actions = game.actions.map(({ name }) => name);
  const args = [
    ...[resolve(zip), '--game', game.name, '--env', game.emulator.env, '--out', resolve(out)],
    ...['--actions', JSON.stringify(actions)],
    ...(preprocessing === undefined ? [] : ['--preprocessing', preprocessing]),
    ...(statistics === undefined ? [] : ['--statistics', statistics]),
  ];
  const python = await execa(executable, ['-m', 'agent_envs.sb3', ...args], { env: { ...env }, reject: false });
  if (python.exitCode === 0) return JSON.parse(python.stdout) as JsonObject;
  const last = python.stderr?.trim().split('\n').at(-1) ?? '';
  throw new AgentError('checkpoint', 'the zip cannot be imported', {
    got: last.replace(REASON, '') || `${howItEnded(python)}: ${executable}`,
    where: zip,
    next: 'docs/experts.md says what can be imported, and with which options',
  });
}
