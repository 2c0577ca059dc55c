/**
 * Where the set-up puts things. These are the same places that `src/core/project-paths.ts` names for the program,
 * written a second time because the set-up runs before anything is built; test/setup/paths.test.ts holds them equal.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Whether this is the repository, with its sources, rather than the package that npm installed. */
export const isRepository = existsSync(join(root, 'src'));

/** How a person starts the program here. */
export const agentCommand = isRepository ? './agent' : 'npx agent';

function runtimeFolder(env) {
  if (env.AGENT_RUNTIME) return resolve(env.AGENT_RUNTIME);
  if (isRepository) return join(root, '.runtime');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const given = env.XDG_CACHE_HOME;
  const cache = given && isAbsolute(given) ? given : join(homedir(), '.cache');
  return join(cache, 'vlm-game-agent', version);
}

const runtime = runtimeFolder(process.env);
const inRuntime = (...parts) => join(runtime, ...parts);

export const paths = {
  runtime: inRuntime(),
  python: inRuntime('python'),
  pythonExecutable: inRuntime('python', 'bin', 'python'),
  training: inRuntime('training'),
  trainingExecutable: inRuntime('training', 'bin', 'python'),
  tensorflow: inRuntime('tensorflow'),
  tensorflowBinding: inRuntime('binding', 'tfjs_binding.node'),
  graphBinding: inRuntime('binding', 'tensorflow_graph.node'),
  layersBinding: inRuntime('binding', 'transformer_layers.node'),
  processBinding: inRuntime('binding', 'process.node'),
  photographs: inRuntime('photographs'),
  redis: inRuntime('redis'),
  stamps: inRuntime('stamps'),
  extraPackages: inRuntime('extra-packages.json'),
  logs: inRuntime('logs'),
  temporary: inRuntime('tmp'),
  lock: inRuntime('setup.lock'),
  packages: join(root, 'node_modules'),
  tfjsNode: isRepository
    ? join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
    : join(root, 'vendor', 'tfjs-node'),
  vendor: join(root, 'vendor', 'tfjs-node'),
  source: join(root, 'src'),
  dist: join(root, 'dist'),
  pythonPackage: join(root, 'envs', 'python'),
};
