/**
 * What the set-up itself says: the machine's tools, and which steps are not done. The scripts are asked rather than
 * imitated; they are no part of the build, hence the imports by address.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { agentCommand, projectRoot } from '../core/project-paths.js';
import { inWords } from '../core/system-error.js';
import type { Finding } from './finding.js';

interface Requirement {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly why?: string;
  readonly install?: Readonly<Record<string, string>>;
}

interface RequirementScripts {
  readonly checks: Readonly<Record<string, () => Requirement>>;
}

interface SetUpScripts {
  pendingSteps(): readonly { readonly name: string; readonly title: string }[];
}

interface ExtraPackages {
  readExtraPackages(): readonly string[];
}

/** What was added to the emulators' Python; nothing where nothing was. */
export async function inspectExtraPackages(): Promise<Finding[]> {
  const { readExtraPackages } = await script<ExtraPackages>('extra-packages.mjs');
  const packages = readExtraPackages();
  if (packages.length === 0) return [];
  return [{ id: 'extra-packages', title: 'Added packages', status: 'ok', found: packages.join(', ') }];
}

const script = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(projectRoot, 'scripts', 'lib', name)).href)) as T;

/** Tools that only the set-up uses: once it is done, a missing one is no more than a warning. */
const setUpOnly = new Set(['npm', 'compiler']);

/** One finding for each tool of the machine. */
export async function inspectTools(): Promise<Finding[]> {
  const { checks } = await script<RequirementScripts>('requirements.mjs');
  return Object.entries(checks).map(([id, check]) => toolFinding(id, check()));
}

/** A tool's finding; pure. */
export function toolFinding(id: string, { name, ok, found, why, install = {} }: Requirement): Finding {
  if (ok) return { id, title: name, status: 'ok', found };
  const packages = Object.entries(install).map(([tool, what]) => `${tool}: ${what}`);
  return {
    id,
    title: name,
    status: setUpOnly.has(id) ? 'warning' : 'problem',
    found,
    meaning: setUpOnly.has(id) ? `the set-up needs it: ${why}` : (why ?? 'it is needed'),
    next: `install it (${packages.join('; ')})`,
  };
}

/** Which steps of the set-up are done. */
export async function inspectSetUp(): Promise<Finding> {
  const title = 'Set-up';
  try {
    const { pendingSteps } = await script<SetUpScripts>('set-up.mjs');
    const pending = pendingSteps();
    if (pending.length === 0) return { id: 'set-up', title, status: 'ok', found: 'complete' };
    return {
      id: 'set-up',
      title,
      status: 'problem',
      found: `not done: ${pending.map((step) => step.title).join(', ')}`,
      meaning: 'commands other than this one do these steps first',
      next: `run \`${agentCommand} setup\``,
      details: { pending: pending.map((step) => step.name) },
    };
  } catch (error) {
    const found = inWords(error);
    return { id: 'set-up', title, status: 'problem', found, next: 'restore the folder scripts/ from the repository' };
  }
}
