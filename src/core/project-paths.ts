/**
 * Where things lie: the project's root, the environment that the set-up made, and the Python interpreter that runs the
 * emulators. The only module that knows these paths; the set-up scripts, which run before anything is built, keep the
 * same names in `scripts/lib/paths.mjs`, and a test holds the two together.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `package.json` and `agent`; the same seen from `src/core` and from `dist/core`. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

const underRoot = (...parts: string[]): string => join(projectRoot, ...parts);

/** Whether this is the repository, with its sources, rather than the package that npm installed. */
export const isRepository = existsSync(underRoot('src'));

/** How a person starts the program here; for messages that name a command. */
export const agentCommand = isRepository ? './agent' : 'npx agent';

/** The version in `package.json`. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(underRoot('package.json'), 'utf8')) as { version: string }).version;
}

const runtime = runtimeFolder(process.env);
const inRuntime = (...parts: string[]): string => join(runtime, ...parts);

/**
 * The folder of all that the set-up makes: AGENT_RUNTIME where it is set; `.runtime` in the repository; else a folder
 * for this version in the user's cache, since npm replaces a package's own folder, and it may be read-only or shared.
 */
function runtimeFolder(env: NodeJS.ProcessEnv): string {
  if (env.AGENT_RUNTIME) return resolve(env.AGENT_RUNTIME);
  if (isRepository) return underRoot('.runtime');
  const { XDG_CACHE_HOME: given } = env;
  const cache = given && isAbsolute(given) ? given : join(homedir(), '.cache');
  return join(cache, 'vlm-game-agent', programVersion());
}

/** Paths inside the project, absolute. */
export const projectPaths = {
  /** Everything the set-up makes; safe to delete, the next start makes it again. */
  runtime,
  /** The project's own Python environment. */
  python: inRuntime('python'),
  /** The Python environment with PyTorch that trains experts; only `agent setup --train` makes it. */
  training: inRuntime('training'),
  /** Folder into which the TensorFlow wheel was unpacked; holds `tensorflow/` and, on a GPU, `nvidia/`. */
  tensorflow: inRuntime('tensorflow'),
  /** tfjs-node's N-API binding, compiled against that TensorFlow. */
  tensorflowBinding: inRuntime('binding', 'tfjs_binding.node'),
  /** Makes functions of graphs for that binding; built together with it. */
  graphBinding: inRuntime('binding', 'tensorflow_graph.node'),
  /** Layers of transformers as one operation for that TensorFlow; built together with the binding. */
  layersBinding: inRuntime('binding', 'transformer_layers.node'),
  /** Readies the process for TensorFlow; built together with the binding. */
  processBinding: inRuntime('binding', 'process.node'),
  /** Photographs for training, out of packages; only there after `agent setup --photographs`. */
  photographs: inRuntime('photographs'),
  /** Redis out of Debian packages, for the tests; empty where the machine has its own. */
  redis: inRuntime('redis'),
  /** One JSON file per finished set-up step. */
  stamps: inRuntime('stamps'),
  /** The packages that `agent setup --with` added to the emulators' Python. */
  extraPackages: inRuntime('extra-packages.json'),
  /** Output of each set-up step. */
  logs: inRuntime('logs'),
  configs: underRoot('configs'),
  models: underRoot('models'),
  /** What a browser is given: style sheets. */
  web: underRoot('web'),
  /** The page of `agent view`, bundled from `web/view` by the set-up. */
  viewPage: underRoot('dist', 'view-page'),
  /** Where runs go that nobody gave a folder: in the repository, else where the program was started. */
  runs: isRepository ? underRoot('runs') : resolve('runs'),
  /** tfjs-node's own files: the package carries a copy of them. See docs/decisions/0011. */
  tfjsNode: isRepository ? underRoot('node_modules', '@tensorflow', 'tfjs-node-gpu') : underRoot('vendor', 'tfjs-node'),
  /** Folder of the Python package `agent_envs`. */
  pythonPackage: underRoot('envs', 'python'),
} as const;

/** How to start Python: the executable, and what its environment needs beside the caller's. */
export interface PythonCommand {
  /** Absolute path, or the name as the user gave it in AGENT_PYTHON or AGENT_TRAIN_PYTHON. */
  readonly executable: string;
  /** `PYTHONPATH` makes `agent_envs` importable in any interpreter. Merge it over `process.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is the user's own interpreter rather than the project's. */
  readonly isCustom: boolean;
}

/**
 * The interpreter for the emulators: `AGENT_PYTHON` where it is set (an environment's folder, or an executable), so
 * that ids from packages the user installed there work; else the project's own.
 */
export function pythonCommand(env: NodeJS.ProcessEnv = process.env): PythonCommand {
  return interpreter(env.AGENT_PYTHON, projectPaths.python, env);
}

/** The interpreter that trains experts: `AGENT_TRAIN_PYTHON` where it is set, else what `agent setup --train` made. */
export function trainingPythonCommand(env: NodeJS.ProcessEnv = process.env): PythonCommand {
  return interpreter(env.AGENT_TRAIN_PYTHON, projectPaths.training, env);
}

function interpreter(custom: string | undefined, environment: string, env: NodeJS.ProcessEnv): PythonCommand {
  const inherited = env.PYTHONPATH;
  const path = inherited ? `${projectPaths.pythonPackage}${delimiter}${inherited}` : projectPaths.pythonPackage;
  const executable = custom ? customExecutable(custom) : join(environment, 'bin', 'python');
  // Safe path: a record or an id from elsewhere may name a module, and the working folder must not be where it is
  // found.
  return { executable, env: { PYTHONPATH: path, PYTHONSAFEPATH: '1' }, isCustom: Boolean(custom) };
}

/** A folder is taken for a virtual environment, a path is made absolute, a bare name is left for PATH. */
function customExecutable(given: string): string {
  const inEnvironment = join(given, 'bin', 'python');
  if (existsSync(inEnvironment)) return resolve(inEnvironment);
  return given.includes('/') ? resolve(given) : given;
}
