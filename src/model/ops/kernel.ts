/**
 * TensorFlow kernels by their own names. tfjs builds some operations from many small ones, or takes a slower kernel
 * than TensorFlow has; here they run directly, and get their gradients through tfjs's registry, which computes only
 * those that are asked for.
 */
import * as tf from '@tensorflow/tfjs';
import { productPrecision } from '../runtime/index.js';

/** The part of tfjs-node's backend that is used here; tfjs's own types do not tell of it. */
interface NodeBackend {
  readonly binding: Binding;
  /** Handles of tensors in the binding. */
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(made: Made): tf.Tensor;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: tf.TensorInfo[], count: number): tf.Tensor[];
}

type AttributeType = 'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT';

/** Runs kernels on tensors that it knows by number. */
interface Binding extends Readonly<Record<AttributeType | 'TF_FLOAT' | 'TF_INT32', number>> {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Made[];
  deleteTensor(id: number): void;
}

/** A tensor as the binding tells of it. */
interface Made {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** TensorFlow's number for bfloat16, a type that tfjs does not know. */
const BFLOAT16 = 14;
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

/** Runs an operation of our own, by its name. Whole numbers are integers, `{ float }` is one. Records no gradient. */
export function runOperation(
  name: string,
  attributes: Readonly<Record<string, number | boolean | { readonly float: number }>>,
  inputs: tf.TensorInfo[],
  outputs: number,
): tf.Tensor[] {
  const { binding } = backend();
  const told = Object.entries(attributes).map(([key, value]): Attribute => {
    if (typeof value === 'boolean') return flag(key, value);
    if (typeof value === 'number') return { name: key, type: binding.TF_ATTR_INT, value };
    return { name: key, type: binding.TF_ATTR_FLOAT, value: value.float };
  });
  return backend().executeMultipleOutputs(name, told, inputs, outputs);
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

/** Slices along an axis by their numbers; of a matrix its rows. Records no gradient. */
export function runGather(matrix: tf.TensorInfo, rows: tf.TensorInfo, axis = 0): tf.Tensor {
  const attributes = [type('Tparams'), type('Tindices', 'TF_INT32'), type('Taxis', 'TF_INT32')];
  return backend().executeSingleOutput('GatherV2', attributes, [matrix, rows, tf.scalar(axis, 'int32')]);
}

/** A matrix of `count` rows, each the sum of those rows of x that have its number. Records no gradient. */
export function runUnsortedSegmentSum(x: tf.TensorInfo, numbers: tf.TensorInfo, count: number): tf.Tensor {
  const attributes = [type('T'), type('Tindices', 'TF_INT32'), type('Tnumsegments', 'TF_INT32')];
  return backend().executeSingleOutput('UnsortedSegmentSum', attributes, [x, numbers, tf.scalar(count, 'int32')]);
}

/**
 * The product of two matrices, each transposed first if wanted, in the precision that the runtime was loaded with.
 * Records no gradient.
 */
export function runMatMul(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const transposes = [flag('transpose_a', transposeA), flag('transpose_b', transposeB)];
  if (productPrecision() === 'bfloat16') return bfloat16Product(a, b, transposes);
  return backend().executeSingleOutput('MatMul', [...transposes, type('T')], [a, b]);
}

/** Rounds the operands, multiplies with sums in float32, rounds the result, and hands it on as float32. */
function bfloat16Product(a: tf.TensorInfo, b: tf.TensorInfo, transposes: Attribute[]): tf.Tensor {
  const { binding } = backend();
  const typeOf = (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const made: number[] = [];
  const run = (name: string, attributes: Attribute[], inputs: number[]): Made => {
    const [output] = binding.executeOp(name, attributes, inputs, 1) as [Made];
    made.push(output.id);
    return output;
  };
  const cast = (id: number, from: number, to: number) => run('Cast', [typeOf('SrcT', from), typeOf('DstT', to)], [id]);
  try {
    const rounded = backend()
      .getInputTensorIds([a, b])
      .map((id) => cast(id, binding.TF_FLOAT, BFLOAT16).id);
    const product = run('MatMul', [...transposes, typeOf('T', BFLOAT16)], rounded);
    const result = cast(product.id, BFLOAT16, binding.TF_FLOAT);
    made.pop();
    return backend().createOutputTensor(result);
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
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
