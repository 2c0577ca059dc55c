/** README.md of a model that learnt to play: what it began with, and every dataset that it learnt from. */
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../../core/index.js';
import { type Dataset, datasetName } from '../../datasets/index.js';
import type { PlayRecipe } from './recipe.js';

export interface PlayFacts {
  readonly recipe: PlayRecipe;
  /** The checkpoint that it began with. */
  readonly init: string;
  readonly steps: number;
  readonly status: string;
  /** Of the last round, oldest first. */
  readonly datasets: readonly Dataset[];
}

/** Writes the card beside the model. Reads every frame of the datasets for their names. */
export async function writePlayCard(folder: string, facts: PlayFacts): Promise<void> {
  const { recipe, init, steps, status, datasets } = facts;
  const games = recipe.games.map(({ game }) => game).join(', ');
  const rows = datasets.map((dataset) => `| ${cellsOf(dataset).join(' | ')} |`);
  const text = `---
tags: [image-text-to-text, llava, imitation-learning]
---

# A model that learnt ${games}

Begun with \`${basename(init)}\`; ${steps} updates of ${recipe.batch} decisions by \`agent train play\`, ${status}.

| demonstrations | episodes, decisions | driven by | labelled by | where they come from |
|---|---|---|---|---|
${rows.join('\n')}
`;
  await writeFileAtomic(join(folder, 'README.md'), text);
}

function cellsOf(dataset: Dataset): string[] {
  const [{ description }] = dataset.sources as [Dataset['sources'][number]];
  const { driver, labeller, noise, imported } = description;
  return [
    `\`${datasetName(dataset)}\``,
    `${dataset.episodes.length}, ${dataset.stepCount}`,
    `${driver.id}${noise > 0 ? `, noise ${noise}` : ''}`,
    labeller.id,
    imported ? originOf(imported) : 'collected here',
  ].map((cell) => cell.replaceAll('|', '\\|'));
}

function originOf({ format, source, sha256, missing }: NonNullable<Description['imported']>): string {
  const lacks = missing.length === 0 ? '' : `; without ${missing.join('; ')}`;
  return `imported from ${format}, \`${source}\`, SHA-256 ${sha256}${lacks}`;
}

type Description = Dataset['sources'][number]['description'];
