/**
 * README.md of a dataset's folder. Its head tells Hugging Face's `load_dataset` which files hold the rows: left to
 * guess, it takes every JSON file beside them for rows too.
 */
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
\`agent datasets export --format lerobot\` writes them as columns.`;
  return card(dataset, { title: dataset.game, files: 'shards/shard-*.parquet', text });
}

/** Of an export for LeRobot. */
export function lerobotCard(dataset: Dataset, task: string): string {
  const text = `Demonstrations in LeRobot's layout (v3.0). \`action\` is what the labeller would do,
as a vector with 1 at its place; \`label\` is its index, \`executed_action\` what was done.
\`load_dataset\` reads it too, with pictures; all rows are in its one split, and \`meta/info.json\` says which
episodes are for validation.`;
  return card(dataset, { title: task, files: 'data/*/*.parquet', tags: ['LeRobot'], text });
}

interface CardParts {
  readonly title: string;
  /** Pattern of the files with the rows. */
  readonly files: string;
  readonly tags?: readonly string[];
  readonly text: string;
}

function card(dataset: Dataset, { title, files, tags = [], text }: CardParts): string {
  const head = [
    ...(tags.length > 0 ? [`tags: [${tags.join(', ')}]`] : []),
    'configs:',
    '- config_name: default',
    '  data_files:',
    '  - split: train',
    `    path: ${files}`,
  ];
  const players = dataset.sources.map(
    ({ description: { driver, labeller, noise } }) =>
      `- driven by ${driver.id}, labelled by ${labeller.id}, noise ${noise}`,
  );
  const actions = dataset.actions.map((name, index) => `- ${index}: ${name}`);
  return [
    `---\n${head.join('\n')}\n---`,
    `# ${title}`,
    text,
    [...new Set(players)].join('\n'),
    'Actions',
    `${actions.join('\n')}\n`,
  ].join('\n\n');
}
