/**
 * TypeScript and the page of the view to dist/, what a package carries to vendor/; again whenever a source file's size
 * or time changed.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from '../paths.mjs';
import { contentOf, statFingerprint } from '../stamps.mjs';
import { vendorTfjsNode } from '../vendor.mjs';
import { bundleViewPage, viewPage } from '../view-page.mjs';

const outputs = /(\.d\.ts|\.js\.map|\.js)$/;

export const buildStep = {
  name: 'build',
  title: 'TypeScript',
  requires: [],
  diskBytes: () => 50e6,
  applies: () => existsSync(paths.source),
  inputs: () => ({
    sources: statFingerprint(paths.source, (name) => /\.(ts|json)$/.test(name)),
    settings: contentOf(join(root, 'tsconfig.json')) + contentOf(join(root, 'tsconfig.build.json')),
    page: statFingerprint(join(root, 'web'), (name) => /\.(ts|css|html)$/.test(name)),
    tfjs: contentOf(join(paths.tfjsNode, 'package.json')),
  }),
  isPresent: () => [join(paths.dist, '.tsbuildinfo'), viewPage, paths.vendor].every((path) => existsSync(path)),
  async run({ run, what }) {
    removeOrphans(paths.dist, paths.source);
    const compiler = join(paths.packages, 'typescript', 'lib', 'tsc.js');
    await run({ command: process.execPath, args: [compiler, '-p', 'tsconfig.build.json'], what });
    await bundleViewPage();
    vendorTfjsNode();
  },
};

/** Removes what earlier builds made of sources that are gone: it could still be imported. */
export function removeOrphans(dist, source) {
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const path = join(dist, entry.name);
    if (entry.isDirectory()) {
      if (existsSync(join(source, entry.name))) removeOrphans(path, join(source, entry.name));
      else rmSync(path, { recursive: true, force: true });
    } else if (outputs.test(entry.name) && !existsSync(join(source, entry.name.replace(outputs, '.ts')))) {
      rmSync(path, { force: true });
    }
  }
}
