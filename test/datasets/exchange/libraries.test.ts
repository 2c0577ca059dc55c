/** Real episodes of both games, through every layout and back, each read whole by the library that owns the layout. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame } from '../../../src/agent/index.js';
import { pythonCommand } from '../../../src/core/project-paths.js';
import {
  collect,
  Dataset,
  datasetName,
  exportHuggingFace,
  exportLeRobot,
  exportMinari,
  importDataset,
} from '../../../src/datasets/index.js';
import { type Emulators, makeVectorEnv, startEmulators } from '../../../src/env-bridge/index.js';
import { createPolicy } from '../../../src/players/index.js';
import { scratchFolder } from '../support/episodes.js';

const EPISODES = 20;
const STEPS = 4;
const SCRIPT = fileURLToPath(new URL('../support/read_exports.py', import.meta.url));
const REWRITE = fileURLToPath(new URL('../support/minari_as.py', import.meta.url));
/** The real emulators and libraries on a busy machine. */
const TIMEOUT = 300_000;

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.close());

describe.each(['carracing', 'spaceinvaders'])('%s', { timeout: TIMEOUT }, (name) => {
  it(`${EPISODES} episodes go out and come back, and the libraries read what we read`, async () => {
    const game = loadGame(name);
    const folder = await scratchFolder();
    const native = join(folder, 'native');
    const { env, ...settings } = game.emulator;
    await using vector = await makeVectorEnv(env, { ...settings, count: 4, emulators });
    await using driver = await createPolicy('random', { game });
    const seeds = Array.from({ length: EPISODES }, (_, i) => i);
    const groups = [fromVectorEnv(vector)];
    await collect({ folder: native, game, driver, labeller: driver, noise: 0.5, seeds, groups, maxDecisions: STEPS });
    using dataset = await Dataset.open(native);
    expect(dataset.stepCount).toBe(EPISODES * STEPS);
    const out = (format: string): string => join(folder, format);
    await exportHuggingFace(dataset, { out: out('hf') });
    await exportLeRobot(dataset, { out: out('lerobot') });
    await exportMinari(dataset, { out: out('minari') });
    const python = pythonCommand();
    await execa(python.executable, [REWRITE, out('minari'), 'arrow', out('arrow')], { env: python.env });
    for (const format of ['hf', 'lerobot', 'minari'] as const) {
      await importDataset(out(format), { format, game, out: out(`${format}-back`) });
      using back = await Dataset.open(out(`${format}-back`));
      expect(datasetName(back), format).toBe(datasetName(dataset));
    }
    await importDataset(out('arrow'), { format: 'minari', game, out: out('arrow-back') });
    using back = await Dataset.open(out('arrow-back'));
    expect(datasetName(back), 'as Minari stores it in Arrow').toBe(datasetName(dataset));
    const folders = [native, out('hf'), out('lerobot'), out('minari'), out('counts.json')];
    const environment = { ...python.env, HF_HOME: out('hf-home'), HF_HUB_OFFLINE: '1' };
    await execa(python.executable, [SCRIPT, ...folders], { env: environment });
    const all = EPISODES * STEPS;
    const counts = JSON.parse(await readFile(out('counts.json'), 'utf8'));
    expect(counts).toEqual({ native: all, hf: all, lerobot: all, minari: all });
  });
});
