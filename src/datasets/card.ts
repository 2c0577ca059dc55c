/**
 * README.md of a dataset's folder. Its head tells Hugging Face's `load_dataset` which files hold the rows: left to
 * guess, it takes every JSON file beside them for rows too.
 */
import { harmlessName } from '../core/index.js';
import type { Dataset } from './dataset.js';

/** Of the folder that `agent collect` fills. */
export function nativeCard(dataset: Dataset): string {
  const text = `Demonstrations of the game ${dataset.game}, one row a decision; format and columns: docs/datasets.md.

\`\`\`python
from datasets import load_dataset
rows = load_dataset('THIS FOLDER', split='train')
\`\`\`

All rows are in the one split that \`datasets\` knows; the column \`split\` says which are for validation.
The pictures are in \`shards/*.frames\` and not among the columns;
\`agent datasets export --format hf\` writes them as a column.`;
  return card(dataset, { title: dataset.game, files: [['train', 'shards/shard-*.parquet']], text });
}

/** Of an export for Hugging Face's `datasets`. */
export function hfCard(dataset: Dataset, splits: readonly string[]): string {
  const text = `Demonstrations of the game ${dataset.game}, one row a decision with the picture that was seen last.
\`label\` is what should be done, \`action\` what was done; \`stack\` names all pictures that were seen, by \`frame\`.
The configuration \`episodes\` says how each episode ended, with the picture behind its last decision.

\`\`\`python
from datasets import load_dataset
rows = load_dataset('THIS FOLDER', split='train')
\`\`\``;
  const files = splits.map((split) => [split, `data/${split}-*.parquet`] as const);
  return card(dataset, { title: dataset.game, files, episodes: 'agent-episodes.parquet', text });
}

/** Of an export for LeRobot. */
export function lerobotCard(dataset: Dataset, task: string): string {
  const text = `Demonstrations in LeRobot's layout (v3.0). \`action\` is what the labeller would do,
as a vector with 1 at its place; \`label\` is its index, \`executed_action\` what was done.
\`load_dataset\` reads it too, with pictures; all rows are in its one split, and \`meta/info.json\` says which
episodes are for validation.`;
  return card(dataset, { title: task, files: [['train', 'data/*/*.parquet']], tags: ['LeRobot'], text });
}

/** Of an export for Minari. */
export function minariCard(dataset: Dataset, id: string): string {
  const text = `Demonstrations in Minari's layout. \`actions\` is what was done; \`infos\` holds \`label\`, what should be
done, with the labeller's \`probabilities\` and \`value\`, \`is_noise\`, and \`stack\`, the pictures seen together.

\`\`\`python
import minari
rows = minari.MinariDataset('THIS FOLDER/data')   # or, below MINARI_DATASETS_PATH, load_dataset('${id}')
\`\`\``;
  return [...body(dataset, `${dataset.game} (${id})`, text)].join('\n\n');
}

/** Of an export as conversations. */
export function chatCard(dataset: Dataset, splits: readonly string[], prompt: string): string {
  const text = `Decisions as conversations with pictures: what a player is asked, and what should be done.
\`*.jsonl\` is what TRL reads, \`*.llava.json\` what LLaVA and Qwen-VL read; pictures are in \`images/\`.
Fine-tune with the prompt as it is: it is the one that the model is asked with when it plays.

\`\`\`text
${prompt}
\`\`\``;
  return card(dataset, { title: dataset.game, files: splits.map((split) => [split, `${split}.jsonl`]), text });
}

interface CardParts {
  readonly title: string;
  /** Splits, each with the pattern of its files. */
  readonly files: readonly (readonly [split: string, pattern: string])[];
  /** A table with one row an episode. */
  readonly episodes?: string;
  readonly tags?: readonly string[];
  readonly text: string;
}

function card(dataset: Dataset, { title, files, episodes, tags = [], text }: CardParts): string {
  const head = [
    ...(tags.length > 0 ? [`tags: [${tags.join(', ')}]`] : []),
    'configs:',
    '- config_name: default',
    '  data_files:',
    ...files.flatMap(([split, path]) => [`  - split: ${split}`, `    path: ${path}`]),
    ...(episodes === undefined ? [] : ['- config_name: episodes', `  data_files: ${episodes}`]),
  ];
  return [`---\n${head.join('\n')}\n---`, ...body(dataset, title, text)].join('\n\n');
}

function body(dataset: Dataset, title: string, text: string): string[] {
  const players = dataset.sources.map(({ description: { driver, labeller, noise } }) =>
    harmlessName(`- driven by ${driver.id}, labelled by ${labeller.id}, noise ${noise}`),
  );
  const actions = dataset.actions.map((name, index) => harmlessName(`- ${index}: ${name}`));
  return [`# ${title}`, text, [...new Set(players)].join('\n'), 'Actions', `${actions.join('\n')}\n`];
}
