/**
 * Files that the name of a policy in a record or an evaluation stands for: a checkpoint, a script, a module. A record
 * may come from a stranger, so none of these names is used as a path unless the user has said the same name, or that
 * the files are his own.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectPaths, projectRoot } from '../core/project-paths.js';
import { endpointNames, splitEndpoint } from './http/load.js';
import { isModule } from './module.js';
import { PAPER_MODELS } from './vision-language/paper-models.js';

/** Kinds of policies whose argument is a path. */
const KINDS_WITH_PATHS: ReadonlySet<string> = new Set(['script', 'expert', ...PAPER_MODELS]);
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Whether a policy is made without a file, or of one that is shipped in models/. */
export function isShippedPolicy(spec: string): boolean {
  if (isModule(spec)) return false;
  const [kind = '', ...rest] = spec.split(':');
  const argument = rest.join(':').trim();
  if (kind.trim() === 'endpoint') return endpointNames().includes(splitEndpoint(argument).place);
  if (argument === '' || !KINDS_WITH_PATHS.has(kind.trim())) return true;
  const models = `${relative(projectRoot, projectPaths.models)}/`;
  const name = argument.startsWith(models) ? argument.slice(models.length) : argument;
  return kind.trim() !== 'script' && PLAIN_NAME.test(name) && existsSync(join(projectPaths.models, name));
}
