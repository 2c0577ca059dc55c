/**
 * Turns a pure function of tensors into a graph function of TensorFlow. Every kernel of tfjs-node reaches TensorFlow
 * through the backend's binding; while a function is traced another binding stands in its place, which computes nothing
 * and writes down each kernel as an operation of a graph. Gradients are kernels too and so are traced like the rest.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';

/** The library that builds graphs; scripts/native/graph says what each does. */
export interface GraphBinding {
  open(bindingPath: string): void;
  begin(): number;
  placeholder(graph: number, dtype: number, shape: readonly number[]): number;
  constant(graph: number, dtype: number, shape: readonly number[], values: ArrayBufferView): number;
  operation(graph: number, name: string, attributes: unknown, inputs: number[], outputs: number): Made[];
  finish(graph: number, name: string, inputs: number[], outputs: number[]): void;
  discard(graph: number): void;
  remove(name: string): void;
}

/** A tensor as the bindings tell of it. */
interface Made {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What tfjs-node keeps of a tensor: `values` until they are handed to TensorFlow, then its `id` there. */
interface TensorData {
  id: number;
  values: ArrayBufferView | null;
  readonly shape: number[];
  readonly dtype: number;
}

/** The parts of tfjs-node's backend that a trace stands in for. */
interface Backend {
  binding: object;
  readonly tensorMap: { get(dataId: object): TensorData };
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
  readSync(dataId: object): never;
  createOutputTensor(made: Made): tf.Tensor;
}

export type Compute = (inputs: tf.NamedTensorMap) => tf.Tensor[];

/** A function that TensorFlow knows by its name. */
export interface Trace {
  readonly name: string;
  /** What it reads beside its inputs, in this order behind them. */
  readonly captures: readonly tf.Variable[];
  readonly outputs: number;
}

let tracing = false;

/** Whether a function is being traced: what is computed now has no values. */
export function isTracing(): boolean {
  return tracing;
}

/**
 * Traces `compute` for inputs of these shapes. Tensors that it makes from values become constants of the function.
 * @param variables what it may read beside its inputs; each call reads their values of then.
 * Throws `internal` where it reads values on the host or any other tensor: the function would keep what
 *   these were during the trace.
 */
export function trace(
  native: GraphBinding,
  name: string,
  inputs: tf.NamedTensorMap,
  variables: Iterable<tf.Variable>,
  compute: Compute,
): Trace {
  const backend = tf.backend() as unknown as Backend;
  const tracer = new Tracer(native, backend, new Map([...variables].map((variable) => [variable.dataId, variable])));
  tracing = true;
  try {
    return tracer.trace(name, inputs, compute);
  } finally {
    tracing = false;
    tracer.restore();
  }
}

class Tracer {
  readonly #graph: number;
  readonly #real: object;
  /** Tensors made from values during the trace. */
  readonly #own = new WeakSet<object>();
  readonly #captures = new Map<tf.Variable, number>();
  #finished = false;

  constructor(
    private readonly native: GraphBinding,
    private readonly backend: Backend,
    private readonly variables: ReadonlyMap<object, tf.Variable>,
  ) {
    this.#graph = native.begin();
    this.#real = backend.binding;
  }

  trace(name: string, inputs: tf.NamedTensorMap, compute: Compute): Trace {
    this.#standIn();
    let result: Trace | undefined;
    tf.tidy(() => {
      const places: number[] = [];
      const stand = Object.entries(inputs).map(([key, { shape, dataId }]) => {
        const { dtype } = this.backend.tensorMap.get(dataId);
        const place = this.native.placeholder(this.#graph, dtype, shape);
        places.push(place);
        return [key, this.backend.createOutputTensor({ id: virtual(place), shape: [...shape], dtype })] as const;
      });
      const outputs = this.#idsOf(compute(Object.fromEntries(stand))).map(place);
      this.native.finish(this.#graph, name, [...places, ...this.#captures.values()], outputs);
      this.#finished = true;
      result = { name, captures: [...this.#captures.keys()], outputs: outputs.length };
    });
    return result as unknown as Trace;
  }

  restore(): void {
    // What stood in were properties of the object itself, before its class's.
    const backend: Partial<Backend> = this.backend;
    delete backend.getInputTensorIds;
    delete backend.write;
    delete backend.readSync;
    this.backend.binding = this.#real;
    if (!this.#finished) this.native.discard(this.#graph);
  }

  #standIn(): void {
    const { backend, native } = this;
    const graph = this.#graph;
    const write = backend.write.bind(backend);
    // The binding's constants come along; its functions are replaced.
    const constants = Object.getOwnPropertyNames(this.#real).map((key) => [key, Reflect.get(this.#real, key)]);
    backend.binding = {
      ...Object.fromEntries(constants),
      executeOp: (name: string, attributes: unknown, inputs: number[], outputs: number) =>
        native
          .operation(graph, name, attributes, inputs.map(place), outputs)
          .map((made) => ({ ...made, id: virtual(made.id) })),
      createTensor: (shape: number[], dtype: number, values: ArrayBufferView) =>
        virtual(native.constant(graph, dtype, shape, values)),
      deleteTensor: () => undefined,
      tensorDataSync: refuseRead,
    };
    backend.getInputTensorIds = (tensors) => this.#idsOf(tensors);
    backend.readSync = refuseRead;
    backend.write = (values, shape, dtype) => {
      const dataId = write(values, shape, dtype);
      this.#own.add(dataId);
      return dataId;
    };
  }

  #idsOf(tensors: readonly tf.TensorInfo[]): number[] {
    return tensors.map(({ dataId }) => {
      const data = this.backend.tensorMap.get(dataId);
      if (data.values !== null && this.#own.has(dataId)) {
        data.id = virtual(this.native.constant(this.#graph, data.dtype, data.shape, data.values));
        data.values = null;
      }
      return isVirtual(data.id) ? data.id : this.#capture(dataId, data);
    });
  }

  #capture(dataId: object, { dtype, shape }: TensorData): number {
    const variable = this.variables.get(dataId);
    if (!variable) {
      throw new AgentError('internal', 'A traced function reads a tensor that is neither its input nor a parameter', {
        got: `a tensor [${shape.join(', ')}]`,
        next: 'hand it over as an input',
      });
    }
    const known = this.#captures.get(variable) ?? this.native.placeholder(this.#graph, dtype, shape);
    this.#captures.set(variable, known);
    return virtual(known);
  }
}

/** Outputs of the graph under numbers that no tensor of the binding has, and that tfjs-node never deletes. */
function virtual(place: number): number {
  return -2 - place;
}

function isVirtual(id: number): boolean {
  return id <= -2;
}

function place(id: number): number {
  if (isVirtual(id)) return -2 - id;
  throw new AgentError('internal', 'A traced function hands over a tensor past the backend');
}

function refuseRead(): never {
  throw new AgentError('internal', 'A traced function reads values, which it has not yet', {
    next: 'compute what depends on values before the function, and hand it over as an input',
  });
}
