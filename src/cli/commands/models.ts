/** `agent models`: the checkpoints there are. */
import type { ModelSummary } from '../../model/index.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent models                    the checkpoints in models/
  $ agent models ~/llava-1.5-7b-hf  one of your own, in Hugging Face's LLaVA layout

A model behind a service is no checkpoint: agent play --policy endpoint:NAME asks it (docs/endpoints.md).`;

export const registerModels: Register = (program, context) => {
  program
    .command('models')
    .description('list the vision-language models, or show one')
    .argument('[model...]', 'folders, or names in models/')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string[]) => {
      const { describeModel, findModel, listModels } = await import('../../model/index.js');
      const output = context.output();
      const folders = given.length > 0 ? await Promise.all(given.map(findModel)) : await listModels();
      const models = await Promise.all(folders.map((folder) => describeModel(folder)));
      output.result({ models });
      if (models.length === 0) output.note('There are no checkpoints in models/.');
      for (const model of models) {
        output.print(describe(model));
        output.print(`  ${model.folder}`);
      }
    });
};

function describe({ name, parameters, storedAs, pictures, context }: ModelSummary): string {
  const shown = pictures ? `pictures ${pictures.side}×${pictures.side} (${pictures.tokens} tokens each)` : 'text alone';
  const size = `${(parameters / 1e6).toFixed(1)} M parameters, ${storedAs.join(' and ')}`;
  return `${name}: ${size}, ${shown}, context ${context}`;
}
