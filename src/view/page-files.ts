/** The page itself, as the set-up bundled it from web/view. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';

export const PAGE_FILES = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
} as const;

export type PageFile = keyof typeof PAGE_FILES;

/** Contents by name. Throws `setup` where the page was not built. */
export function readPage(folder?: string): Record<PageFile, string> {
  return readPageFiles(PAGE_FILES, folder);
}

/** Contents of the files of a page, which are given with their types. Throws `setup` where it was not built. */
export function readPageFiles<Name extends string>(
  files: Readonly<Record<Name, string>>,
  folder = projectPaths.viewPage,
): Record<Name, string> {
  const names = Object.keys(files) as Name[];
  try {
    const texts = names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    return Object.fromEntries(texts) as Record<Name, string>;
  } catch (cause) {
    throw new AgentError('setup', 'the page of the view is not built', {
      expected: names.join(', '),
      where: folder,
      next: 'agent setup, or in the repository: npm run build',
      cause,
    });
  }
}
