/** The tensors that a configuration needs, with shapes where they follow from it, compared with what a file holds. */
import { AgentError } from '../core/index.js';
import { expectTensors, type SafetensorsFile } from '../model/checkpoint/index.js';
import type { ExpertConfig, Layer } from './config.js';
import { MOMENT_TENSORS, momentsShape } from './normalization.js';
import { pictureShape } from './preprocessing.js';

type Shape = readonly number[];
type Header = Pick<SafetensorsFile, 'names' | 'shape' | 'path'>;

/**
 * Follows the shapes through the network: every tensor must be there, fit what comes before it, and be used.
 * Throws `checkpoint` that names the tensor.
 */
export function checkNetworkTensors(file: Header, { preprocessing, network, actions }: ExpertConfig): void {
  const { height, width, channels } = pictureShape(preprocessing);
  const expected = new Map<string, Shape>();
  const follow = (layers: readonly Layer[], shape: Shape) =>
    layers.reduce((at, layer) => throughLayer(layer, at, file, expected), shape);
  const hidden = follow(network.features, [channels * preprocessing.stack, height, width]);
  const outputs = follow(network.policy, hidden);
  if (preprocessing.normalize) for (const name of MOMENT_TENSORS) expected.set(name, momentsShape(preprocessing));
  const values = network.value ? follow(network.value, hidden) : [1];
  expectTensors(file, expected);
  requireOutputs('policy', outputs, actions.names.length, file.path);
  requireOutputs('value', values, 1, file.path);
}

/** The shape behind a layer, channels first; notes the tensors it needs. */
function throughLayer(layer: Layer, shape: Shape, file: Header, expected: Map<string, Shape>): Shape {
  if (layer.type === 'flatten') return [shape.reduce((product, size) => product * size, 1)];
  const weight = `${layer.name}.weight`;
  // How many units a layer has, and its kernel's size, are the file's to say; the rest follows.
  const stored = file.names.includes(weight) ? file.shape(weight) : [];
  const units = stored[0] ?? 0;
  const kernel = layer.type === 'conv2d' ? [stored[2] ?? 0, stored[3] ?? 0] : [];
  expected.set(weight, [units, shape[0] ?? 0, ...kernel]);
  expected.set(`${layer.name}.bias`, [units]);
  if (layer.type === 'dense') return [units];
  const spatial = [0, 1].map((axis) => {
    const size = (shape[axis + 1] ?? 0) + 2 * (layer.padding[axis] as number) - (kernel[axis] as number);
    return Math.floor(size / (layer.stride[axis] as number)) + 1;
  });
  return [units, ...spatial];
}

function requireOutputs(chain: string, shape: Shape, count: number, where: string): void {
  if (shape.length === 1 && shape[0] === count) return;
  throw new AgentError('checkpoint', `the ${chain} chain has another number of outputs than its configuration says`, {
    expected: `[${count}]`,
    got: `[${shape.join(', ')}]`,
    where,
    next: 'check that config.json and the weights belong together',
  });
}
