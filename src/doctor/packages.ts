/** The JavaScript packages that decide what is computed and recorded, by version. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../core/project-paths.js';
import type { Finding } from './finding.js';

const shown = ['@tensorflow/tfjs', 'zeromq', 'sharp', 'commander', 'zod'];

/** Reads each package's own package.json. */
export async function inspectPackages(root: string = projectRoot): Promise<Finding> {
  const versions: Record<string, string | null> = {};
  for (const name of shown) versions[name] = await versionOf(join(root, 'node_modules', name, 'package.json'));
  const missing = shown.filter((name) => versions[name] === null);
  const base = { id: 'packages', title: 'JavaScript packages', details: versions };
  if (missing.length === 0) {
    return { ...base, status: 'ok', found: shown.map((name) => `${name} ${versions[name]}`).join(', ') };
  }
  return { ...base, status: 'problem', found: `missing: ${missing.join(', ')}`, next: 'run `./agent setup --force`' };
}

async function versionOf(path: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}
