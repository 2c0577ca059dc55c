/**
 * TensorFlow kernels by their own names. tfjs builds some operations from many small ones, or takes a slower kernel
 * than TensorFlow has; here they run directly, and get their gradients through tfjs's registry, which computes only
 * those that are asked for.
 */
import * as tf from '@tensorflow/tfjs';

/** The part of tfjs-node's backend that is used here; tfjs's own types do not tell of it. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: tf.TensorInfo[], count: number): tf.Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Name under which tfjs-node registers itself. */
const BACKEND = 'tensorflow';

function backend(): NodeBackend {
  return tf.backend() as unknown as NodeBackend;
}

function type(name: string, value: 'TF_FLOAT' | 'TF_INT32' = 'TF_FLOAT'): Attribute {
  const { binding } = backend();
  return { name, type: binding.TF_ATTR_TYPE, value: binding[value] };
}

function flag(name: string, value: boolean): Attribute {
  return { name, type: backend().binding.TF_ATTR_BOOL, value };
}

/** Runs a kernel on float32 tensors that has no attribute but their type. Records no gradient. */
export function runKernel(name: string, ...inputs: tf.TensorInfo[]): tf.Tensor {
  return backend().executeSingleOutput(name, [type('T')], inputs);
}

/** The same for a kernel with several outputs. */
export function runKernelMany(name: string, inputs: tf.TensorInfo[], outputs: number): tf.Tensor[] {
  return backend().executeMultipleOutputs(name, [type('T')], inputs, outputs);
}

/** The mean over the last axis, which stays with length 1. Records no gradient. */
export function lastAxisMean(x: tf.TensorInfo): tf.Tensor {
  const axis = tf.tensor1d([x.shape.length - 1], 'int32');
  return backend().executeSingleOutput(
    'Mean',
    [flag('keep_dims', true), type('T'), type('Tidx', 'TF_INT32')],
    [x, axis],
  );
}

/** The last axis turned by `shift` places, which come in again at its other end. Records no gradient. */
export function rollLastAxis(x: tf.TensorInfo, shift: number): tf.Tensor {
  const inputs = [x, tf.scalar(shift, 'int32'), tf.scalar(x.shape.length - 1, 'int32')];
  const attributes = [type('T'), type('Tshift', 'TF_INT32'), type('Taxis', 'TF_INT32')];
  return backend().executeSingleOutput('Roll', attributes, inputs);
}

/** The product of two matrices, each transposed first if wanted. Records no gradient. */
export function runMatMul(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const attributes = [flag('transpose_a', transposeA), flag('transpose_b', transposeB), type('T')];
  return backend().executeSingleOutput('MatMul', attributes, [a, b]);
}

/** An operation of our own: what it computes, and its gradients by input. */
export interface Operation<Inputs extends string, Attributes extends object> {
  readonly name: string;
  forward(inputs: Readonly<Record<Inputs, tf.Tensor>>, attributes: Attributes): tf.Tensor;
  /** Each is called only where the gradient of its input is wanted. `inputs` are those of the forward pass. */
  gradients(
    upstream: tf.Tensor,
    inputs: Readonly<Record<Inputs, tf.Tensor>>,
    attributes: Attributes,
  ): Readonly<Record<Inputs, () => tf.Tensor>>;
}

/**
 * Enters an operation into tfjs's registry.
 * @returns a function that runs it, recorded for gradients like any operation of tfjs.
 */
export function defineOperation<Inputs extends string, Attributes extends object>(
  names: readonly Inputs[],
  { name, forward, gradients }: Operation<Inputs, Attributes>,
): (inputs: Readonly<Record<Inputs, tf.Tensor>>, attributes: Attributes) => tf.Tensor {
  tf.registerKernel({
    kernelName: name,
    backendName: BACKEND,
    // Inside a kernel nothing is recorded; the tidy drops what lies between.
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => forward(inputs as Record<Inputs, tf.Tensor>, attrs as unknown as Attributes)),
  });
  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...names],
    gradFunc: (upstream, saved, attributes) => {
      const inputs = Object.fromEntries(names.map((key, i) => [key, saved[i]])) as Record<Inputs, tf.Tensor>;
      return gradients(upstream as tf.Tensor, inputs, attributes as unknown as Attributes);
    },
  });
  return (inputs, attributes) =>
    tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
}
