/**
 * Bundles the pages of `agent view` and of `agent eyetest --human` from web/view: each one script without modules, so
 * that it also works as a file.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from './paths.mjs';

const from = join(root, 'web', 'view');

/** Where the page lies once it is built; `projectPaths.viewPage` is the same. */
export const viewPage = join(paths.dist, 'view-page');

/** @param {string} [folder] where the files of the pages go, three each */
export async function bundleViewPage(folder = viewPage) {
  const { build } = await import('esbuild');
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [
      ...['app.css', 'main.ts'].map((name) => ({ in: join(from, name), out: 'app' })),
      ...['eyes.css', 'eyes.ts'].map((name) => ({ in: join(from, name), out: 'eyes' })),
    ],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022'],
    outdir: folder,
    logLevel: 'silent',
  });
  for (const name of ['index.html', 'eyes.html']) copyFileSync(join(from, name), join(folder, name));
}
