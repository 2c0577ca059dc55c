/**
 * The native libraries: tfjs-node's N-API binding, compiled against the installed TensorFlow, one that makes functions
 * of graphs for it, one with an operation of our own, and a small one that readies the process for TensorFlow. N-API is
 * stable across Node versions, and TensorFlow is found relative to the binding, so neither a newer Node nor a moved
 * folder asks for new ones.
 */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { paths, root } from '../paths.mjs';
import { contentOf } from '../stamps.mjs';
import { libraryFolder, libraryNames } from './tensorflow.mjs';

const require = createRequire(join(root, 'package.json'));
const packageFolder = (name) => dirname(require.resolve(`${name}/package.json`));
const inNative = (folder) => join(root, 'scripts', 'native', folder);
const [inProcess, inBinding, inGraph, inLayers] = ['process', 'binding', 'graph', 'layers'].map(inNative);

const filesIn = (folder, pattern) =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
const sourcesIn = (folder) => filesIn(folder, /\.cc$/);
/** Sources and what they include. */
const textsIn = (folder) => filesIn(folder, /\.(cc|h|inc)$/);

function versionIn(folder) {
  try {
    return JSON.parse(contentOf(join(folder(), 'package.json'))).version;
  } catch {
    return 'absent';
  }
}

const isMac = (platform) => platform === 'darwin';

/** What both libraries are compiled with. */
function commonArguments({ headers, output, sources, platform = process.platform }) {
  const link = isMac(platform) ? ['-undefined', 'dynamic_lookup'] : [];
  const language = ['-O2', '-std=c++17', '-shared', '-fPIC', '-w', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
  return [...language, `-I${headers}`, '-o', output, ...sources, ...link];
}

/** Linker arguments of a library that is never unloaded; on macOS none is that has thread-local variables. */
const stays = () => (isMac(process.platform) ? [] : ['-Wl,-z,nodelete']);

/** Compiler arguments of a library that links to the TensorFlow in the folder `library`. */
export function bindingArguments({ tfjs, library, platform = process.platform, ...common }) {
  const here = isMac(platform) ? '@loader_path' : '$ORIGIN';
  return [
    ...commonArguments({ ...common, platform }),
    ...[`-I${join(library, 'include')}`, `-I${tfjs}`],
    ...libraryNames(platform).map((name) => join(library, name)),
    `-Wl,-rpath,${here}/../tensorflow/tensorflow`,
    // The context passes through binding/eager-context.cc when it is made.
    '-DTFE_NewContext=AgentNewContext',
  ];
}

export const bindingStep = {
  name: 'binding',
  title: 'library between Node.js and TensorFlow',
  requires: ['compiler'],
  diskBytes: () => 50e6,
  applies: () => true,
  inputs: ({ variant }) => ({
    tfjs: versionIn(() => paths.tfjsNode),
    headers: versionIn(() => packageFolder('node-api-headers')),
    own: [inProcess, inBinding, inGraph, inLayers].flatMap(textsIn).map(contentOf).join('\n'),
    tensorflow: contentOf(join(paths.pythonPackage, `tensorflow-${variant}.lock`)),
    platform: `${process.platform} ${process.arch}`,
  }),
  isPresent: () =>
    [paths.tensorflowBinding, paths.graphBinding, paths.layersBinding, paths.processBinding].every(existsSync),
  async run({ run, found, what }) {
    const folder = dirname(paths.tensorflowBinding);
    mkdirSync(folder, { recursive: true });
    const partial = join(folder, 'partial.node');
    const command = found('compiler').command;
    const tfjs = paths.tfjsNode;
    const common = { headers: join(packageFolder('node-api-headers'), 'include'), output: partial };
    const linked = { ...common, tfjs, library: libraryFolder };
    const libraries = [
      [paths.processBinding, [...commonArguments({ ...common, sources: sourcesIn(inProcess) }), ...stays()]],
      [paths.graphBinding, bindingArguments({ ...linked, sources: sourcesIn(inGraph) })],
      // Its threads live as long as the process, and so must their code.
      [paths.layersBinding, [...bindingArguments({ ...linked, sources: sourcesIn(inLayers) }), ...stays()]],
      [
        paths.tensorflowBinding,
        bindingArguments({ ...linked, sources: [...sourcesIn(join(tfjs, 'binding')), ...sourcesIn(inBinding)] }),
      ],
    ];
    for (const [path, args] of libraries) {
      await run({ command, args, what });
      renameSync(partial, path);
    }
  },
};
