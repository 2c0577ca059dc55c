/**
 * Brings tfjs-node's JavaScript together with the binding that the set-up compiled. The package looks its binding up
 * through node-pre-gyp, inside its own folder; ours lies under `.runtime/`, where `npm ci` does not delete it, so the
 * look-up is answered here.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AgentError } from '../../core/errors.js';
import { projectPaths } from '../../core/project-paths.js';
import type { GraphBinding } from './graph-tracer.js';

/** tfjs's whole namespace, as `import * as tf` would give it. */
export type TensorFlow = typeof import('@tensorflow/tfjs-node-gpu');

/** What the binding tells about itself; the rest of it belongs to tfjs-node. */
export interface NativeBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

const require = createRequire(import.meta.url);

/**
 * Loads the binding and tfjs into this process. The environment must be settled before (see `runtimeEnvironment`).
 * @throws AgentError `setup` where the binding was not built, `runtime` where the library does not load.
 */
export function requireTensorFlow(): { tf: TensorFlow; binding: NativeBinding; graph: GraphBinding } {
  const path = projectPaths.tensorflowBinding;
  if (!existsSync(path)) {
    throw new AgentError('setup', 'TensorFlow is not set up', {
      expected: 'the compiled binding',
      where: path,
      next: 'run `./agent setup`',
    });
  }
  try {
    const binding = loadQuietly(() => require(path) as NativeBinding);
    restoreRemovedUtilities();
    answerBindingLookup(path);
    const tf = require('@tensorflow/tfjs-node-gpu') as TensorFlow;
    const graph = require(projectPaths.graphBinding) as GraphBinding;
    graph.open(path);
    return { tf, binding, graph };
  } catch (cause) {
    throw new AgentError('runtime', 'TensorFlow does not load', {
      got: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause),
      where: path,
      next: 'run `./agent setup --force`; `./agent doctor` shows what was found',
      cause,
    });
  }
}

/** TensorFlow narrates to standard error while it loads, whatever its settings; `TF_CPP_MIN_LOG_LEVEL=0` lets it. */
function loadQuietly<T>(load: () => T): T {
  if (process.env.TF_CPP_MIN_LOG_LEVEL === '0') return load();
  const standardError = require(projectPaths.standardErrorBinding) as { silence(): void; restore(): void };
  standardError.silence();
  try {
    return load();
  } finally {
    standardError.restore();
  }
}

/** Node 23 removed two helpers from `util` that tfjs-node 4.22 still calls. */
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** Puts an answer in place of node-pre-gyp, which also spares the 60 files that it would load. */
function answerBindingLookup(path: string): void {
  const fromTfjs = createRequire(require.resolve('@tensorflow/tfjs-node-gpu'));
  const id = fromTfjs.resolve('@mapbox/node-pre-gyp');
  const answer = { find: () => path };
  require.cache[id] = { id, filename: id, loaded: true, exports: answer } as NodeJS.Module;
}
