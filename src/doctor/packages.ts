/** The JavaScript packages that decide what is computed and recorded, by version. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { agentCommand, projectRoot } from '../core/project-paths.js';
import type { Finding } from './finding.js';

const shown = ['@tensorflow/tfjs', 'zeromq', 'sharp', 'commander', 'zod'];

/** Reads each package's own package.json, wherever Node.js would find the package: npm may have put it further up. */
export async function inspectPackages(root: string = projectRoot): Promise<Finding> {
  const versions: Record<string, string | null> = {};
  for (const name of shown) versions[name] = await versionOf(name, root);
  const missing = shown.filter((name) => versions[name] === null);
  const base = { id: 'packages', title: 'JavaScript packages', details: versions };
  if (missing.length === 0) {
    return { ...base, status: 'ok', found: shown.map((name) => `${name} ${versions[name]}`).join(', ') };
  }
  return {
    ...base,
    status: 'problem',
    found: `missing: ${missing.join(', ')}`,
    next: `run \`${agentCommand} setup --force\``,
  };
}

async function versionOf(name: string, root: string): Promise<string | null> {
  const folders = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return (JSON.parse(await readFile(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
