/** What of a game is handed to the trainings in Python (envs/python/agent_training/game_settings.py). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Game } from '../agent/index.js';

export interface GameSettings {
  readonly name: string;
  /** Names, in the order of the emulator's numbers. */
  readonly actions: readonly string[];
  /** Gymnasium id and how the emulator is made, as in the game's YAML. */
  readonly emulator: Game['emulator'];
}

export function gameSettings({ name, actions, emulator }: Game): GameSettings {
  return { name, actions: actions.map((action) => action.name), emulator };
}

/** Calls `use` with the path of a file of the settings, which is gone when it ends, or when this process exits. */
export async function withSettingsFile<T>(game: Game, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-game-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // a second Ctrl-C
  try {
    const file = join(folder, 'game.json');
    writeFileSync(file, JSON.stringify(gameSettings(game)));
    return await use(file);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
