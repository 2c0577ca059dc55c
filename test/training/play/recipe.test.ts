import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectPaths } from '../../../src/core/project-paths.js';
import { playIdentity, readPlayRecipe, roundAt, roundSeeds, roundStart } from '../../../src/training/play/recipe.js';
import { temporaryFolder } from '../../record/support/records.js';

const folder = join(projectPaths.configs, 'training');

describe('recipes of learning to play', () => {
  it('are there for both games, and read', async () => {
    const files = (await readdir(folder)).filter((name) => name.startsWith('play-'));
    expect(files).toEqual(expect.arrayContaining(['play-carracing.yaml', 'play-spaceinvaders.yaml']));
    for (const file of files) {
      const { games, steps } = await readPlayRecipe(join(folder, file));
      expect(games.length).toBeGreaterThan(0);
      // These learn from what others collected, without rounds of their own driving.
      const isGiven = /-told-(balanced|back|back-more)\.yaml$/.test(file);
      expect(steps.length).toBeGreaterThan(isGiven ? 0 : 1);
    }
  });

  it('play each seed once, below the held-out and evaluation seeds', async () => {
    const recipe = await readPlayRecipe(join(folder, 'play-carracing.yaml'));
    const seeds = recipe.steps.flatMap((_, round) => roundSeeds(recipe, 0, round));
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(Math.max(...seeds)).toBeLessThan(90_000);
  });

  it('tell the round of every step', async () => {
    const recipe = await readPlayRecipe(join(folder, 'play-carracing.yaml'));
    const total = recipe.steps.reduce((sum, length) => sum + length, 0);
    fc.assert(
      fc.property(fc.nat(total - 1), (step) => {
        const round = roundAt(recipe, step);
        expect(roundStart(recipe, round)).toBeLessThanOrEqual(step);
        expect(roundStart(recipe, round + 1)).toBeGreaterThan(step);
      }),
    );
  });

  it('are another run with another batch or checkpoint, and the same with other held-out episodes', async () => {
    const recipe = await readPlayRecipe(join(folder, 'play-carracing.yaml'));
    const own = playIdentity(recipe, { init: 'a' });
    expect(playIdentity({ ...recipe, held_out: { episodes: 1, first_seed: 90_000 } }, { init: 'a' })).toEqual(own);
    expect(playIdentity({ ...recipe, batch: recipe.batch + 1 }, { init: 'a' })).not.toEqual(own);
    expect(playIdentity(recipe, { init: 'b' })).not.toEqual(own);
  });

  it('name file and field of what is wrong', async () => {
    await expect(readPlayRecipe(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'usage' });
    await expect(readPlayRecipe(join(folder, 'pvp-none.yaml'))).rejects.toThrow(/pvp-none/);
  });

  it('with aims leave updates for the game itself', async () => {
    const text = await readFile(join(folder, 'play-carracing-told.yaml'), 'utf8');
    const path = join(await temporaryFolder(), 'told.yaml');
    await writeFile(path, text.replace('first: 150', 'first: 900'));
    await expect(readPlayRecipe(path)).rejects.toThrow(/no updates left/);
    await writeFile(path, text.replace('first: 150', 'first: 899'));
    expect((await readPlayRecipe(path)).aims?.first).toBe(899);
  });
});
