/**
 * tfjs-node's N-API binding, compiled against the installed TensorFlow. N-API is stable across Node versions, and the
 * library is found relative to the binding, so neither a newer Node nor a moved folder asks for a new one.
 */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { paths, root } from '../paths.mjs';
import { contentOf } from '../stamps.mjs';
import { libraryFolder, libraryNames } from './tensorflow.mjs';

const require = createRequire(join(root, 'package.json'));
const packageFolder = (name) => dirname(require.resolve(`${name}/package.json`));
const ownSources = join(root, 'scripts', 'native');

const sourcesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cc'))
    .sort()
    .map((name) => join(folder, name));

function versionOf(name) {
  try {
    return JSON.parse(contentOf(join(packageFolder(name), 'package.json'))).version;
  } catch {
    return 'absent';
  }
}

/** Compiler arguments; `folders` gives the packages, the TensorFlow folder and the output. */
export function compileArguments({ tfjs, headers, library, output, sources, platform = process.platform }) {
  const here = platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const link = platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  return [
    ...['-O2', '-std=c++17', '-shared', '-fPIC', '-w', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
    ...[`-I${headers}`, `-I${join(library, 'include')}`, `-I${tfjs}`],
    ...['-o', output, ...sources],
    ...libraryNames(platform).map((name) => join(library, name)),
    ...[...link, `-Wl,-rpath,${here}/../tensorflow/tensorflow`],
  ];
}

export const bindingStep = {
  name: 'binding',
  title: 'library between Node.js and TensorFlow',
  requires: ['compiler'],
  diskBytes: 50e6,
  applies: () => true,
  after: 'tensorflow',
  inputs: ({ variant }) => ({
    tfjs: versionOf('@tensorflow/tfjs-node-gpu'),
    headers: versionOf('node-api-headers'),
    own: sourcesIn(ownSources).map(contentOf).join('\n'),
    tensorflow: contentOf(join(paths.pythonPackage, `tensorflow-${variant}.lock`)),
    platform: `${process.platform} ${process.arch}`,
  }),
  isPresent: () => existsSync(paths.tensorflowBinding),
  async run({ run, found, what }) {
    const folder = dirname(paths.tensorflowBinding);
    mkdirSync(folder, { recursive: true });
    const output = join(folder, 'partial.node');
    const tfjs = packageFolder('@tensorflow/tfjs-node-gpu');
    const args = compileArguments({
      tfjs,
      headers: join(packageFolder('node-api-headers'), 'include'),
      library: libraryFolder,
      output,
      sources: [...sourcesIn(join(tfjs, 'binding')), ...sourcesIn(ownSources)],
    });
    await run({ command: found('compiler').command, args, what });
    renameSync(output, paths.tensorflowBinding);
  },
};
