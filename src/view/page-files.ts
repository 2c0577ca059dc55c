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
export function readPage(folder = projectPaths.viewPage): Record<PageFile, string> {
  try {
    const names = Object.keys(PAGE_FILES) as PageFile[];
    const texts = names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    return Object.fromEntries(texts) as Record<PageFile, string>;
  } catch (cause) {
    throw new AgentError('setup', 'the page of the view is not built', {
      expected: Object.keys(PAGE_FILES).join(', '),
      where: folder,
      next: 'agent setup, or in the repository: npm run build',
      cause,
    });
  }
}
