/**
 * Where the set-up puts things. These are the same places that `src/core/project-paths.ts` names for the program,
 * written a second time because the set-up runs before anything is built; test/setup/paths.test.ts holds them equal.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

const inRuntime = (...parts) => join(root, '.runtime', ...parts);

export const paths = {
  runtime: inRuntime(),
  python: inRuntime('python'),
  pythonExecutable: inRuntime('python', 'bin', 'python'),
  training: inRuntime('training'),
  trainingExecutable: inRuntime('training', 'bin', 'python'),
  tensorflow: inRuntime('tensorflow'),
  tensorflowBinding: inRuntime('binding', 'tfjs_binding.node'),
  graphBinding: inRuntime('binding', 'tensorflow_graph.node'),
  standardErrorBinding: inRuntime('binding', 'standard_error.node'),
  photographs: inRuntime('photographs'),
  stamps: inRuntime('stamps'),
  logs: inRuntime('logs'),
  temporary: inRuntime('tmp'),
  lock: inRuntime('setup.lock'),
  packages: join(root, 'node_modules'),
  source: join(root, 'src'),
  dist: join(root, 'dist'),
  pythonPackage: join(root, 'envs', 'python'),
};
