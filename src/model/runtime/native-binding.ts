/**
 * Brings tfjs-node's JavaScript together with the binding that the set-up compiled. The package's own entry looks its
 * binding up inside its own folder and loads much that is not used; so the parts that are used are put together here.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AgentError } from '../../core/errors.js';
import { agentCommand, projectPaths } from '../../core/project-paths.js';
import type { GraphBinding } from './graph-tracer.js';

type Tfjs = typeof import('@tensorflow/tfjs');

/** Writes the events that TensorBoard reads. */
export interface EventWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/** tfjs's whole namespace, as `import * as tf` would give it, and what is used beside it of tfjs-node. */
export type TensorFlow = Tfjs & { readonly node: { summaryFileWriter(folder: string): EventWriter } };

/** What the binding tells about itself; the rest of it belongs to tfjs-node. */
export interface NativeBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Layers of transformers as one operation (scripts/native/layers). */
export interface LayersBinding {
  /**
   * Makes the operation known, once for the process, and chooses its kernels by name, or the best that the CPU has for
   * an empty name. Returns their name. Throws where the CPU has none of that name.
   */
  open(threads: number, kernels: string): string;
}

/** What was loaded into this process. */
export interface LoadedBindings {
  readonly tf: TensorFlow;
  readonly binding: NativeBinding;
  readonly graph: GraphBinding;
  readonly layers: LayersBinding;
}

const require = createRequire(import.meta.url);

/** Name and rank under which tfjs-node registers itself. */
const BACKEND = 'tensorflow';
const BACKEND_PRIORITY = 3;

/**
 * Loads the binding and tfjs into this process. The environment must be settled before (see `runtimeEnvironment`).
 * Throws `setup` where the binding was not built, `runtime` where the library does not load.
 */
export function requireTensorFlow(): LoadedBindings {
  const path = projectPaths.tensorflowBinding;
  if (!existsSync(path)) {
    throw new AgentError('setup', 'TensorFlow is not set up', {
      expected: 'the compiled binding',
      where: path,
      next: `run \`${agentCommand} setup\``,
    });
  }
  try {
    const binding = loadQuietly(() => require(path) as NativeBinding);
    restoreRemovedUtilities();
    const tf = registerTfjsNode(binding);
    const graph = require(projectPaths.graphBinding) as GraphBinding;
    graph.open(path);
    return { tf, binding, graph, layers: require(projectPaths.layersBinding) as LayersBinding };
  } catch (cause) {
    throw new AgentError('runtime', 'TensorFlow does not load', {
      got: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
      where: path,
      next: `run \`${agentCommand} setup --force\`; \`${agentCommand} doctor\` shows what was found`,
      cause,
    });
  }
}

/** What has to be done to the process before TensorFlow is loaded (scripts/native/process). */
interface ProcessBinding {
  silence(): void;
  restore(): void;
  shield(): void;
}

/**
 * Loads what computes on this thread, which takes no signals from now on: handled while oneDNN multiplies, a signal
 * corrupts the heap. TensorFlow narrates to standard error while it loads, whatever its settings;
 * `TF_CPP_MIN_LOG_LEVEL=0` lets it.
 */
function loadQuietly<T>(load: () => T): T {
  const ready = require(projectPaths.processBinding) as ProcessBinding;
  ready.shield();
  if (process.env.TF_CPP_MIN_LOG_LEVEL === '0') return load();
  ready.silence();
  try {
    return load();
  } finally {
    ready.restore();
  }
}

/** tfjs-node 4.22 calls two helpers of `util` that Node 22 warns of, on the user's screen, and Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** Makes tfjs compute on TensorFlow: its kernels, and the backend that runs them through the binding. */
function registerTfjsNode(binding: NativeBinding): TensorFlow {
  const fromTfjsNode = createRequire(join(projectPaths.tfjsNode, 'package.json'));
  const tf = fromTfjsNode('@tensorflow/tfjs') as Tfjs;
  fromTfjsNode('./dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = fromTfjsNode('./dist/nodejs_kernel_backend.js');
  const { summaryFileWriter } = fromTfjsNode('./dist/tensorboard.js');
  tf.registerBackend(BACKEND, () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), BACKEND_PRIORITY);
  if (!tf.setBackend(BACKEND)) throw new Error('tfjs does not take TensorFlow as its backend');
  return { ...tf, node: { summaryFileWriter } };
}
