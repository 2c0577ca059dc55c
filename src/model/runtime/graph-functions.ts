/**
 * Functions that run in TensorFlow as one call. tfjs-node hands over one operation at a time, and each costs a dozen
 * microseconds in JavaScript and in the eager runtime, whatever it computes; a graph function costs that once, runs
 * independent operations side by side, and gives memory back as soon as it has been read.
 */
import * as tf from '@tensorflow/tfjs';
import { type Compute, isTracing, type Trace, trace } from './graph-tracer.js';
import { graphBinding } from './load-tensorflow.js';

/** Functions kept, each for inputs of certain shapes; the least recently used goes first. */
const MAX_TRACES = 24;
/**
 * Functions made in this process before those that came twice are no longer traced: TensorFlow keeps some of what it
 * has run even when it is removed, 0.2 MB for one of 40 operations.
 */
const MAX_MADE = 512;
/** Signatures remembered that came only once so far. */
const MAX_SEEN = 256;

/**
 * When a signature is traced. To trace takes as long as some ten calls, so `second`, the default, waits until one comes
 * again. A traced function rounds a little differently, so what must be the same bit for bit, wherever it is begun,
 * takes `first`.
 */
export type TraceAt = 'first' | 'second';

let made = 0;

/** The traced functions of one network. Results need `tf.tidy` or `dispose` like those of any operation. */
export class GraphFunctions implements Disposable {
  /** By key and shapes; the least recently used comes first. */
  readonly #traces = new Map<string, Trace>();
  readonly #seen = new Set<string>();

  /** @param variables what the functions may read beside their inputs. */
  constructor(private readonly variables: () => Iterable<tf.Variable>) {}

  /** How many functions are kept. */
  get size(): number {
    return this.#traces.size;
  }

  /**
   * Runs `compute` on `inputs`, as a function for this key and these shapes where there is one or `at` asks for it.
   * Where gradients are being recorded, and inside another function, it runs as it stands: a whole function has no
   * gradient.
   * @param key everything but the inputs' shapes that `compute` depends on.
   * @param compute a pure function of its inputs and the variables.
   */
  run(key: string, inputs: tf.NamedTensorMap, compute: Compute, at: TraceAt = 'second'): tf.Tensor[] {
    if (isTracing() || recordsGradients()) return compute(inputs);
    const signature = `${key} ${Object.entries(inputs).map(([name, { shape, dtype }]) => `${name}:${dtype}[${shape}]`)}`;
    if (at === 'second' && this.#isNew(signature)) return compute(inputs);
    const known = this.#traces.get(signature) ?? this.#trace(key, inputs, compute);
    this.#traces.delete(signature);
    this.#traces.set(signature, known);
    this.#evict();
    const backend = tf.backend() as unknown as FunctionBackend;
    return backend.executeMultipleOutputs(known.name, [], [...Object.values(inputs), ...known.captures], known.outputs);
  }

  [Symbol.dispose](): void {
    for (const { name } of this.#traces.values()) graphBinding().remove(name);
    this.#traces.clear();
  }

  #trace(key: string, inputs: tf.NamedTensorMap, compute: Compute): Trace {
    const name = `agent_${key.replace(/\W+/g, '_')}_${made++}`;
    return trace(graphBinding(), name, inputs, this.variables(), compute);
  }

  #isNew(signature: string): boolean {
    if (this.#traces.has(signature)) return false;
    if (made < MAX_MADE && this.#seen.delete(signature)) return false;
    this.#seen.add(signature);
    if (this.#seen.size > MAX_SEEN) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }

  #evict(): void {
    const [oldest] = this.#traces;
    if (!oldest || this.#traces.size <= MAX_TRACES) return;
    this.#traces.delete(oldest[0]);
    graphBinding().remove(oldest[1].name);
  }
}

interface FunctionBackend {
  executeMultipleOutputs(name: string, attributes: [], inputs: tf.TensorInfo[], outputs: number): tf.Tensor[];
}

/** Whether gradients are being recorded; tfjs's types do not tell of its tape. */
export function recordsGradients(): boolean {
  return (tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn();
}
