/** A folder as a year of evaluations leaves it. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_EVALUATION_SEED } from '../../src/core/seeds.js';
import { writeSyntheticRun } from '../../test/report/support/synthetic-run.js';

const POLICIES = ['random', 'expert:models/expert', 'pae-lamm:models/pae-lamm-mini', 'pae-lamm:models/frozen-mini'];
const A_FOLDER = 500;

/** Writes so many records below `root`, in evaluations of 500: copies of four, each with a seed of its own. */
export async function writeManyRuns(root: string, count: number): Promise<void> {
  const models: string[] = [];
  for (const [index, policy] of POLICIES.entries()) {
    const folder = join(root, '..', `model-${index}`);
    await writeSyntheticRun(folder, { policy, seed: FIRST_EVALUATION_SEED, decisions: 50, isText: index > 1 });
    models.push(folder);
  }
  const manifests = await Promise.all(models.map((folder) => readFile(join(folder, 'manifest.json'), 'utf8')));
  for (let number = 0; number < count; number++) {
    const evaluation = join(root, `eval-${Math.floor(number / A_FOLDER)}`);
    const folder = join(evaluation, 'episodes', 'synthetic', `${number % POLICIES.length}`, `${number}`);
    await mkdir(folder, { recursive: true });
    if (number % A_FOLDER === 0) await writeFile(join(evaluation, 'evaluation.json'), '{}');
    const model = number % POLICIES.length;
    const seed = `"seed": ${FIRST_EVALUATION_SEED + number}`;
    const manifest = (manifests[model] as string).replaceAll(`"seed": ${FIRST_EVALUATION_SEED}`, seed);
    await writeFile(join(folder, 'manifest.json'), manifest);
    await cp(join(models[model] as string, 'steps.jsonl'), join(folder, 'steps.jsonl'));
  }
}
