/** Every recipe of pre-training that is shipped can be read, and its stages follow one another. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths } from '../../../src/core/project-paths.js';
import { readRecipe, stageAt, totalSteps } from '../../../src/training/pvp/index.js';

const folder = join(projectPaths.configs, 'training');
const files = (await readdir(folder)).filter((name) => /^(pvp|language)-.*\.yaml$/.test(name));

describe('recipes of pre-training', () => {
  it.each(files)('%s', async (file) => {
    const recipe = await readRecipe(join(folder, file));
    const [first, last] = [stageAt(recipe, 0), stageAt(recipe, totalSteps(recipe) - 1)];
    expect(first).toMatchObject({ index: 0, progress: 0 });
    expect(last.index).toBe(recipe.stages.length - 1);
    expect(last.stage.learning.length).toBeGreaterThan(0);
  });

  it('have one that teaches the encoder from whole pictures before text', async () => {
    const { stages } = await readRecipe(join(folder, 'pvp-mini.yaml'));
    expect(stages.map(({ name, tasks }) => [name, tasks.content ?? 0])).toEqual([
      ['align', 0],
      ['content', 1],
    ]);
  });
});
