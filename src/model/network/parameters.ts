/** The parameters of a loaded network: read from a checkpoint, looked up by name, taken apart again for writing. */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { expectTensors, type NamedTensor, type SafetensorsFile } from '../checkpoint/index.js';
import type { ModelConfig } from '../config/index.js';
import { canonicalName, type ParameterSpec, type Piece, parameterSpecs } from './parameter-specs.js';

/** Buffers that old checkpoints carry and that hold nothing learnt. */
const BUFFERS = /(\.position_ids|rotary_emb\.inv_freq)$/;
const HEAD = 'language_model.lm_head.weight';
const EMBEDDING = 'language_model.model.embed_tokens.weight';

/** Named parameters on the device. Whoever creates it disposes of it. */
export class Parameters implements Disposable {
  private constructor(
    readonly specs: readonly ParameterSpec[],
    private readonly variables: ReadonlyMap<string, tf.Variable>,
  ) {}

  /**
   * Reads every parameter the configuration asks for.
   * Rejects with `checkpoint` where the file lacks a tensor, has one too many, or one of another shape.
   */
  static async load(config: ModelConfig, file: SafetensorsFile): Promise<Parameters> {
    const specs = parameterSpecs(config);
    const source = withCanonicalNames(file);
    const expected = tensorsOf(specs);
    const tiedHead = config.text.tied && source.names.includes(HEAD);
    if (tiedHead) expected.set(HEAD, [config.text.vocabularySize, config.text.hiddenSize]);
    if (!config.text.tied) requireHead(source);
    expectTensors(source, expected, BUFFERS);
    if (tiedHead) await requireSameHead(source);
    return Parameters.create(specs, (piece) => source.read(piece.tensor).then(({ data }) => data));
  }

  /** The same for any list of parameters, whose tensors must have the very names that the list says. */
  static async loadSpecs(specs: readonly ParameterSpec[], file: SafetensorsFile): Promise<Parameters> {
    expectTensors(file, tensorsOf(specs), BUFFERS);
    return Parameters.create(specs, (piece) => file.read(piece.tensor).then(({ data }) => data));
  }

  /** Makes parameters whose pieces `fill` gives, one at a time. */
  static async create(
    specs: readonly ParameterSpec[],
    fill: (piece: Piece, spec: ParameterSpec) => Promise<Float32Array> | Float32Array,
  ): Promise<Parameters> {
    const variables = new Map<string, tf.Variable>();
    const parameters = new Parameters(specs, variables);
    try {
      for (const spec of specs) {
        const data: Float32Array[] = [];
        for (const piece of spec.pieces) data.push(await fill(piece, spec));
        const value = assemble(spec, data);
        variables.set(spec.name, tf.variable(value));
        value.dispose();
      }
    } catch (error) {
      parameters[Symbol.dispose]();
      throw error;
    }
    return parameters;
  }

  /** The parameter of this name. A missing one is a mistake of the code, not of the checkpoint. */
  get(name: string): tf.Variable {
    const variable = this.variables.get(name);
    if (!variable) throw new AgentError('internal', `there is no parameter ${name}`);
    return variable;
  }

  /** The parameter of this name, where the network has it: biases are optional. */
  find(name: string): tf.Variable | undefined {
    return this.variables.get(name);
  }

  /** All of them. */
  get all(): Iterable<tf.Variable> {
    return this.variables.values();
  }

  /** How many numbers the network has. */
  get count(): number {
    return [...this.variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  }

  /**
   * Takes over values saved under the parameters' own names and shapes.
   * Rejects with `checkpoint` where names or shapes differ; nothing is changed then.
   */
  async restore(file: SafetensorsFile): Promise<void> {
    expectTensors(file, new Map([...this.variables].map(([name, variable]) => [name, variable.shape])));
    for (const [name, variable] of this.variables) {
      const value = tf.tensor((await file.read(name)).data, variable.shape);
      variable.assign(value);
      value.dispose();
    }
  }

  /** The tensors of the checkpoint, under canonical names, from the parameters or from others of the same shapes. */
  async pieces(values: (name: string) => tf.Tensor = (name) => this.get(name)): Promise<NamedTensor[]> {
    const tensors: NamedTensor[] = [];
    for (const spec of this.specs) tensors.push(...(await disassemble(spec, values(spec.name))));
    return tensors;
  }

  [Symbol.dispose](): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}

function tensorsOf(specs: readonly ParameterSpec[]): Map<string, readonly number[]> {
  return new Map(specs.flatMap(({ pieces }) => pieces.map(({ tensor, shape }) => [tensor, shape] as const)));
}

function withCanonicalNames(file: SafetensorsFile): Pick<SafetensorsFile, 'names' | 'shape' | 'path' | 'read'> {
  const actual = new Map<string, string>();
  for (const name of file.names) {
    const canonical = canonicalName(name);
    const other = actual.get(canonical);
    if (other !== undefined) {
      throw new AgentError('checkpoint', 'two tensors of the checkpoint are the same parameter', {
        got: `${other} and ${name}`,
        where: file.path,
      });
    }
    actual.set(canonical, name);
  }
  const name = (canonical: string): string => actual.get(canonical) ?? canonical;
  return {
    path: file.path,
    names: [...actual.keys()],
    shape: (canonical) => file.shape(name(canonical)),
    read: (canonical) => file.read(name(canonical)),
  };
}

/** Small models mostly have none, and not every configuration says so. */
function requireHead({ names, path }: Pick<SafetensorsFile, 'names' | 'path'>): void {
  if (names.includes(HEAD) || !names.includes(EMBEDDING)) return;
  throw new AgentError('checkpoint', 'the checkpoint has no output layer of its own', {
    expected: `${HEAD}, as tie_word_embeddings in config.json is false or left out`,
    got: `only ${EMBEDDING}`,
    where: path,
    next: 'if the model is known to use its embeddings for both, set tie_word_embeddings to true in config.json',
  });
}

/** A tied model's file may repeat the embeddings as the head; a head that differs would silently be lost. */
async function requireSameHead(file: Pick<SafetensorsFile, 'read' | 'path'>): Promise<void> {
  const [head, embedding] = await Promise.all([file.read(HEAD), file.read(EMBEDDING)]);
  if (Buffer.compare(Buffer.from(head.data.buffer), Buffer.from(embedding.data.buffer)) === 0) return;
  throw new AgentError('checkpoint', 'the configuration ties output and input embeddings, but the file has two', {
    expected: `${HEAD} equal to ${EMBEDDING}, or absent`,
    got: 'another matrix',
    where: file.path,
    next: 'set tie_word_embeddings to false in config.json',
  });
}

function assemble({ layout, pieces }: ParameterSpec, data: readonly Float32Array[]): tf.Tensor {
  return tf.tidy(() => {
    const tensors = pieces.map(({ shape }, i) => tf.tensor(data[i] as Float32Array, [...shape]));
    if (layout === 'patches') return tf.transpose(tensors[0] as tf.Tensor, [2, 3, 1, 0]);
    if (layout === 'plain') return tensors.length === 1 ? (tensors[0] as tf.Tensor) : tf.concat(tensors, 0);
    return tf.concat(
      tensors.map((tensor) => tf.transpose(tensor)),
      1,
    );
  });
}

async function disassemble({ layout, pieces }: ParameterSpec, value: tf.Tensor): Promise<NamedTensor[]> {
  const parts = tf.tidy(() => {
    if (layout === 'patches') return [tf.transpose(value, [3, 2, 0, 1])];
    const axis = layout === 'linear' ? 1 : 0;
    const sizes = pieces.map(({ shape }) => shape[0] as number);
    const split = sizes.length === 1 ? [tf.clone(value)] : tf.split(value, sizes, axis);
    return layout === 'linear' ? split.map((part) => tf.transpose(part)) : split;
  });
  const data = await Promise.all(parts.map((part) => part.data<'float32'>()));
  tf.dispose(parts);
  return pieces.map(({ tensor, shape }, i) => ({ name: tensor, shape, data: data[i] as Float32Array }));
}
