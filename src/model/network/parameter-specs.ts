/**
 * Which parameters a network has, and which tensors of a checkpoint each is made of. Projections that read the same
 * input are one matrix here (query, key and value; gate and up), and matrices lie as [in, out], so that a layer is few
 * products and none of them transposes. Checkpoint names are those of the published LLaVA-1.5 checkpoints.
 */
import type { ImageConfig, ModelConfig, TextConfig, VisionConfig } from '../config/index.js';

/** The parts that training can freeze. */
export const PARTS = ['vision', 'projector', 'language'] as const;
/** Those of a CLIP: its two towers, and what brings them together. */
export const CONTRASTIVE_PARTS = ['vision', 'text', 'contrast'] as const;
export type Part = (typeof PARTS | typeof CONTRASTIVE_PARTS)[number];

/** A tensor of the checkpoint: its canonical name and its shape there. */
export interface Piece {
  readonly tensor: string;
  readonly shape: readonly number[];
}

/** A parameter as the network uses it. */
export interface ParameterSpec {
  readonly name: string;
  readonly part: Part;
  /**
   * How pieces become the parameter. `plain`: as they are, concatenated on the first axis. `linear`: each [out, in] is
   * transposed and they are concatenated on the second axis. `patches`: [out, channels, height, width] becomes
   * [height, width, channels, out].
   */
  readonly layout: 'plain' | 'linear' | 'patches';
  readonly pieces: readonly Piece[];
}

/** Every parameter of the network, in the order of computation. */
export function parameterSpecs({ text, image }: ModelConfig): ParameterSpec[] {
  return [...(image ? [...visionSpecs(image.vision), ...projectorSpecs(image, text)] : []), ...languageSpecs(text)];
}

type Sizes = readonly (readonly [name: string, out: number])[];

/** Builds the specs of one part; names of parameters and of tensors share the part's two prefixes. */
export class Builder {
  readonly specs: ParameterSpec[] = [];

  constructor(
    private readonly part: Part,
    private readonly prefix: string,
  ) {}

  plain(name: string, tensor: string, shape: readonly number[]): void {
    this.push(name, 'plain', [{ tensor: this.prefix + tensor, shape }]);
  }

  /** A scale and, for LayerNorm, a shift. */
  norm(name: string, tensor: string, size: number, shift: boolean): void {
    this.plain(`${name}.scale`, `${tensor}.weight`, [size]);
    if (shift) this.plain(`${name}.shift`, `${tensor}.bias`, [size]);
  }

  /** One matrix from the projections `outputs`, which all read `input` values. */
  linear(name: string, outputs: Sizes, input: number, bias: boolean): void {
    const pieces = (kind: string, shapeOf: (out: number) => number[]) =>
      outputs.map(([tensor, out]) => ({ tensor: `${this.prefix}${tensor}.${kind}`, shape: shapeOf(out) }));
    this.push(
      `${name}.kernel`,
      'linear',
      pieces('weight', (out) => [out, input]),
    );
    if (bias)
      this.push(
        `${name}.bias`,
        'plain',
        pieces('bias', (out) => [out]),
      );
  }

  push(name: string, layout: ParameterSpec['layout'], pieces: readonly Piece[]): void {
    this.specs.push({ name: `${this.part}.${name}`, part: this.part, layout, pieces });
  }
}

/** A vision transformer, whose tensors begin with `prefix`. */
export function visionSpecs(vision: VisionConfig, prefix = 'vision_tower.vision_model.'): ParameterSpec[] {
  const build = new Builder('vision', prefix);
  const { kind, hiddenSize: size, intermediateSize: inner, patchSize: patch } = vision;
  const isClip = kind === 'clip';
  const positions = Math.floor(vision.imageSize / patch) ** 2 + (isClip ? 1 : 0);
  if (isClip) build.plain('class', 'embeddings.class_embedding', [size]);
  const kernel = { tensor: `${prefix}embeddings.patch_embedding.weight`, shape: [size, 3, patch, patch] };
  build.push('patches', 'patches', [kernel]);
  if (!isClip) build.plain('patches.bias', 'embeddings.patch_embedding.bias', [size]);
  build.plain('positions', 'embeddings.position_embedding.weight', [positions, size]);
  if (isClip) build.norm('norm', 'pre_layrnorm', size, true);
  encoderSpecs(build, vision.layers, size, inner);
  // Not on the way to the language model; kept so that a checkpoint is written as complete as it was read.
  build.norm('post', 'post_layernorm', size, true);
  if (vision.hasHead) headSpecs(build, size, inner);
  return build.specs;
}

/** SigLIP's pooling head: a learned query attends to all patches. */
function headSpecs(build: Builder, size: number, inner: number): void {
  build.plain('head.probe', 'head.probe', [1, 1, size]);
  build.plain('head.attention.in.kernel', 'head.attention.in_proj_weight', [3 * size, size]);
  build.plain('head.attention.in.bias', 'head.attention.in_proj_bias', [3 * size]);
  build.linear('head.attention.out', [['head.attention.out_proj', size]], size, true);
  build.norm('head.norm', 'head.layernorm', size, true);
  build.linear('head.mlp.in', [['head.mlp.fc1', inner]], size, true);
  build.linear('head.mlp.out', [['head.mlp.fc2', size]], inner, true);
}

/** The layers of either of CLIP's transformers. */
export function encoderSpecs(build: Builder, layers: number, size: number, inner: number): void {
  for (let i = 0; i < layers; i++) {
    const from = `encoder.layers.${i}`;
    const attention = ['q', 'k', 'v'].map((kind) => [`${from}.self_attn.${kind}_proj`, size] as const);
    build.norm(`${i}.attention.norm`, `${from}.layer_norm1`, size, true);
    build.linear(`${i}.attention.in`, attention, size, true);
    build.linear(`${i}.attention.out`, [[`${from}.self_attn.out_proj`, size]], size, true);
    build.norm(`${i}.mlp.norm`, `${from}.layer_norm2`, size, true);
    build.linear(`${i}.mlp.in`, [[`${from}.mlp.fc1`, inner]], size, true);
    build.linear(`${i}.mlp.out`, [[`${from}.mlp.fc2`, size]], inner, true);
  }
}

function projectorSpecs({ vision, featureLayers, projectorBias }: ImageConfig, text: TextConfig): ParameterSpec[] {
  const build = new Builder('projector', 'multi_modal_projector.');
  build.linear('in', [['linear_1', text.hiddenSize]], vision.hiddenSize * featureLayers.length, projectorBias);
  build.linear('out', [['linear_2', text.hiddenSize]], text.hiddenSize, projectorBias);
  return build.specs;
}

function languageSpecs(text: TextConfig): ParameterSpec[] {
  const build = new Builder('language', 'language_model.');
  const { hiddenSize: size, intermediateSize: inner, vocabularySize } = text;
  const queries = text.heads * text.headDim;
  const keys = text.keyValueHeads * text.headDim;
  build.plain('embedding', 'model.embed_tokens.weight', [vocabularySize, size]);
  for (let i = 0; i < text.layers; i++) {
    const from = `model.layers.${i}`;
    const attention: Sizes = [
      [`${from}.self_attn.q_proj`, queries],
      [`${from}.self_attn.k_proj`, keys],
      [`${from}.self_attn.v_proj`, keys],
    ];
    const gated: Sizes = [
      [`${from}.mlp.gate_proj`, inner],
      [`${from}.mlp.up_proj`, inner],
    ];
    build.norm(`${i}.attention.norm`, `${from}.input_layernorm`, size, false);
    build.linear(`${i}.attention.in`, attention, size, text.attentionBias);
    build.linear(`${i}.attention.out`, [[`${from}.self_attn.o_proj`, size]], queries, text.attentionOutBias);
    build.norm(`${i}.mlp.norm`, `${from}.post_attention_layernorm`, size, false);
    build.linear(`${i}.mlp.in`, gated, size, text.mlpBias);
    build.linear(`${i}.mlp.out`, [[`${from}.mlp.down_proj`, size]], inner, text.mlpBias);
  }
  build.norm('norm', 'model.norm', size, false);
  if (!text.tied) build.linear('head', [['lm_head', vocabularySize]], size, false);
  return build.specs;
}

/**
 * The canonical name of a checkpoint's tensor, from any of the namings in use: the published LLaVA-1.5 checkpoints,
 * transformers 4.52 and later (`model.language_model.`), transformers 5 (no `vision_model.`), and a LLaMA-type language
 * model alone (`model.layers.`).
 */
export function canonicalName(name: string): string {
  return name
    .replace(/^model\.(vision_tower|multi_modal_projector)\./, '$1.')
    .replace(/^vision_tower\.(?!vision_model\.)/, 'vision_tower.vision_model.')
    .replace(/^model\.language_model\./, 'language_model.model.')
    .replace(/^(model\.(?:embed_tokens|layers|norm)\.|lm_head\.)/, 'language_model.$1');
}
