/** What Python trains experts on is what `agent play` plays. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { projectRoot } from '../../src/core/project-paths.js';
import { gameSettings } from '../../src/training/game-settings.js';

it.each(['carracing', 'spaceinvaders'])(
  'the shipped run of %s, and the tests in Python, are of that game',
  async (name) => {
    const file = join(projectRoot, 'runs', 'reference', 'expert-training', name, 'game.json');
    expect(gameSettings(loadGame(name))).toMatchObject(JSON.parse(await readFile(file, 'utf8')));
  },
);
