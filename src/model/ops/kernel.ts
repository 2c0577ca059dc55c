/** Running a TensorFlow kernel by its name: some do in one step what tfjs does in many. */
import * as tf from '@tensorflow/tfjs';

/** The part of tfjs-node's backend that is used here; tfjs's own types do not tell of it. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_FLOAT' | 'TF_INT32', number>
  >;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: tf.Tensor[], count: number): tf.Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

let floatAttribute: Attribute[] | undefined;

function backend(): NodeBackend {
  return tf.backend() as unknown as NodeBackend;
}

/** `T: float32`, which is all that most kernels ask. */
function floatAttributes(): Attribute[] {
  floatAttribute ??= [{ name: 'T', type: backend().binding.TF_ATTR_TYPE, value: backend().binding.TF_FLOAT }];
  return floatAttribute;
}

/** Runs a kernel with several outputs on float32 tensors. Records no gradient: wrap it in `tf.customGrad`. */
export function runKernel(name: string, inputs: tf.Tensor[], outputs: number): tf.Tensor[] {
  return backend().executeMultipleOutputs(name, floatAttributes(), inputs, outputs);
}
