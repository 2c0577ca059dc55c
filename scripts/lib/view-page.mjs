/** Bundles the page of `agent view` from web/view: one script without modules, so that it also works as a file. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from './paths.mjs';

const from = join(root, 'web', 'view');

/** Where the page lies once it is built; `projectPaths.viewPage` is the same. */
export const viewPage = join(paths.dist, 'view-page');

/** @param {string} [folder] where the three files of the page go */
export async function bundleViewPage(folder = viewPage) {
  const { build } = await import('esbuild');
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: ['app.css', 'main.ts'].map((name) => ({ in: join(from, name), out: 'app' })),
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022'],
    outdir: folder,
    logLevel: 'silent',
  });
  copyFileSync(join(from, 'index.html'), join(folder, 'index.html'));
}
