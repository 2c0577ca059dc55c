/** The checkpoint folder that a user names. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AgentError } from '../core/errors.js';
import { projectPaths } from '../core/project-paths.js';
import { listModels } from './folder.js';

/** `owner/name`, as the Hugging Face hub writes it. */
const HUB_NAME = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * The folder that a user names: a path, or the name of a checkpoint in models/.
 * Rejects with `usage` where there is neither: what is there instead, or which names there are.
 */
export async function findModel(given: string): Promise<string> {
  return findModelAs(given, 'name ');
}

/** As `findModel`; `asked` stands before the name in what a person is told to do next, such as `--policy pae-lamm:`. */
export async function findModelAs(given: string, asked: string): Promise<string> {
  const candidates = [given, join(projectPaths.models, given)];
  const found = candidates.find((folder) => existsSync(join(folder, 'config.json')));
  if (found) return found;
  const adapter = candidates.find((folder) => existsSync(join(folder, 'adapter_config.json')));
  if (adapter) throw isAdapter(adapter);
  const names = (await listModels()).map((folder) => basename(folder));
  throw new AgentError('usage', 'there is no such model', {
    expected: `a folder with config.json${names.length > 0 ? `, or one of ${names.join(', ')}` : ''}`,
    got: `${given}: ${whatIsThere(given)}`,
    next: existsSync(given) || !HUB_NAME.test(given) ? 'agent models lists what is there' : downloadHint(given, asked),
  });
}

function whatIsThere(path: string): string {
  if (!existsSync(path)) return 'no such folder';
  return statSync(path).isDirectory() ? 'a folder without config.json' : 'a file';
}

/** Weights that only say by how much another model is to change. */
function isAdapter(folder: string): AgentError {
  return new AgentError('usage', 'the folder holds a LoRA adapter, not a model', {
    expected: 'a folder with config.json and the whole weights',
    got: 'adapter_config.json',
    where: folder,
    next:
      'merge it into its base model with peft: model.merge_and_unload().save_pretrained(folder), ' +
      'and save the processor beside it',
  });
}

function downloadHint(given: string, asked: string): string {
  const name = given.slice(given.indexOf('/') + 1);
  return (
    `if this is a name on the Hugging Face hub: nothing is downloaded here; hf download ${given} ` +
    `--local-dir models/${name}, then ${asked}${name}`
  );
}
