/**
 * The TensorFlow library and its headers, out of the Python wheel. The wheel's own Python version does not matter,
 * for nothing of it is run: one is fixed, so that every machine gets the same file.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.mjs';
import { contentOf } from '../stamps.mjs';
import { pipEnvironment, pipOptions } from './python.mjs';

const wheelPython = '3.12';
const keptOfWheel = /^(include$|lib.*\.(so|dylib))/;

const lockOf = (variant) => join(paths.pythonPackage, `tensorflow-${variant}.lock`);

/** Names of the two libraries, beside each other in the wheel. */
export function libraryNames(platform = process.platform) {
  return ['cc', 'framework'].map((part) =>
    platform === 'darwin' ? `libtensorflow_${part}.2.dylib` : `libtensorflow_${part}.so.2`,
  );
}

export const libraryFolder = join(paths.tensorflow, 'tensorflow');

export const tensorflowStep = {
  name: 'tensorflow',
  title: 'TensorFlow',
  requires: [],
  /** While it runs: the wheels unpacked, before their Python part is dropped. */
  diskBytes: ({ variant }) => (variant === 'gpu' ? 9e9 : 2.2e9),
  applies: () => true,
  inputs: ({ variant }) => ({ lock: contentOf(lockOf(variant)), variant, wheelPython }),
  isPresent: () => libraryNames().every((name) => existsSync(join(libraryFolder, name))),
  facts: ({ variant, variantChosen }) => ({ variant, chosen: variantChosen }),
  async run({ run, what, variant }) {
    const partial = `${paths.tensorflow}.partial`;
    rmSync(partial, { recursive: true, force: true });
    const wheel = ['--only-binary=:all:', `--python-version=${wheelPython}`, '--implementation=cp'];
    const locked = ['--require-hashes', '--no-deps', '--no-compile', '-r', lockOf(variant)];
    const args = ['-m', 'pip', 'install', ...pipOptions, ...wheel, ...locked, '--target', partial];
    await run({ command: paths.pythonExecutable, args, env: pipEnvironment, what: `${what} (${variant})` });
    dropPythonFiles(partial);
    rmSync(paths.tensorflow, { recursive: true, force: true });
    renameSync(partial, paths.tensorflow);
  },
};

/** Of the wheel only libraries and headers are used; its Python part is 400 MB. `nvidia/` is kept whole. */
function dropPythonFiles(folder) {
  const inside = join(folder, 'tensorflow');
  for (const name of readdirSync(inside)) {
    if (!keptOfWheel.test(name)) rmSync(join(inside, name), { recursive: true, force: true });
  }
  rmSync(join(folder, 'bin'), { recursive: true, force: true });
}
