/**
 * Copies what runs of tfjs-node into vendor/, which the package carries: tfjs-node itself cannot be a dependency of a
 * package, since its install script downloads a library that is not used here and fails where it cannot. The files are
 * unchanged; tests, types and the sources of the JavaScript are left out. See docs/decisions/0011.
 */
import { cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { paths } from './paths.mjs';

const kept = /^(package\.json|dist\/.*\.js|binding\/.*\.(cc|h))$/;
const left = /_test\.js$|^dist\/run_tests\.js$/;

export function vendorTfjsNode(from = paths.tfjsNode, to = paths.vendor) {
  rmSync(to, { recursive: true, force: true });
  for (const part of ['package.json', 'dist', 'binding']) {
    cpSync(join(from, part), join(to, part), { recursive: true, filter: (path) => isKept(relative(from, path)) });
  }
}

/** Folders have no ending and are gone through. */
const isKept = (path) => (kept.test(path) && !left.test(path)) || !/\.[a-z]+$/.test(path);
