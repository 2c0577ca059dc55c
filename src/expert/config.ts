/**
 * `config.json` of an expert: its network, its preprocessing and what its outputs mean, as `agent_training.experts`
 * writes them (docs/experts.md). Checked in full; a field that is not known is refused by name.
 */
import { dirname } from 'node:path';
import { z } from 'zod';
import { AgentError, inWords, readText } from '../core/index.js';

const pair = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);
const triple = z.tuple([z.number(), z.number(), z.number()]);

const step = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('crop'),
    top: z.int().nonnegative(),
    left: z.int().nonnegative(),
    height: z.int().positive(),
    width: z.int().positive(),
  }),
  z.strictObject({
    op: z.literal('gray'),
    weights: triple,
    shift: z.int().nonnegative(),
    rounding: z.int().nonnegative(),
  }),
  z.strictObject({ op: z.literal('gray-float'), weights: triple }),
  z.strictObject({ op: z.literal('box'), rows: z.int().positive(), columns: z.int().positive() }),
  z.strictObject({ op: z.literal('area'), height: z.int().positive(), width: z.int().positive() }),
]);

const preprocessing = z.strictObject({
  input_shape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  steps: z.array(step),
  stack: z.int().positive(),
  reset: z.enum(['repeat-first', 'zeros']),
  scale: z.number().positive(),
  order: z.literal('oldest-first'),
  /** Stable-Baselines3's VecNormalize; the moments are tensors of the package (`normalization.ts`). */
  normalize: z
    .strictObject({
      of: z.enum(['frame', 'stack']),
      epsilon: z.number().nonnegative(),
      clip: z.number().positive(),
    })
    .exactOptional(),
});

const activation = z.enum(['none', 'relu', 'tanh', 'gelu', 'elu', 'silu']);
const layer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('conv2d'),
    name: z.string(),
    activation,
    stride: pair.refine(([down, right]) => down > 0 && right > 0, 'a stride is at least 1'),
    padding: pair,
  }),
  z.strictObject({ type: z.literal('flatten'), activation: z.literal('none') }),
  z.strictObject({ type: z.literal('dense'), name: z.string(), activation }),
]);

const actions = z.strictObject({
  kind: z.enum(['categorical', 'q-values', 'continuous']),
  names: z.array(z.string()).min(1),
  low: z.array(z.number()).optional(),
  high: z.array(z.number()).optional(),
  squash: z.boolean(),
});

const schema = z.strictObject({
  format: z.literal('agent-expert'),
  format_version: z.literal(1),
  game: z.string(),
  algorithm: z.string(),
  preprocessing,
  network: z.strictObject({
    features: z.array(layer).min(1),
    policy: z.array(layer).min(1),
    value: z.array(layer).min(1).optional(),
  }),
  actions: actions.refine(
    ({ kind, names, low, high }) =>
      kind !== 'continuous' || (low?.length === names.length && high?.length === names.length),
    'a continuous expert has a low and a high for each name',
  ),
  value_scale: z.number().nullable(),
  discount: z.number().nullable(),
  provenance: z.record(z.string(), z.unknown()),
});

export type ExpertConfig = z.infer<typeof schema>;
/** One way from frame to frame; the arithmetic is in `preprocessing.ts`. */
export type PreprocessingStep = z.infer<typeof step>;
export type Preprocessing = z.infer<typeof preprocessing>;
export type Layer = z.infer<typeof layer>;
export type LayerActivation = z.infer<typeof activation>;

/**
 * Reads and checks a configuration.
 * Rejects with `checkpoint` where it is missing, is no JSON, or does not fit; the error names each field.
 */
export async function readExpertConfig(path: string): Promise<ExpertConfig> {
  const json = await readJson(path);
  requireNoModel(json, path);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new AgentError('checkpoint', 'the configuration of the expert does not fit', {
    expected: 'config.json of an agent-expert, format version 1',
    got: problems.join('; '),
    where: path,
    next: 'write it with `agent expert export` or `agent expert import`',
  });
}

function requireNoModel(json: unknown, path: string): void {
  if (typeof json !== 'object' || json === null || !('model_type' in json)) return;
  throw new AgentError('checkpoint', 'this is a language or vision model, not an expert', {
    expected: 'the folder of an expert',
    got: `a model of the type ${JSON.stringify(json.model_type)}`,
    where: path,
    next: `a vision-language model plays as --policy pae-lamm:${dirname(path)}`,
  });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(path));
  } catch (cause) {
    throw new AgentError('checkpoint', 'the configuration of the expert cannot be read', {
      got: inWords(cause),
      where: path,
      next: 'name a folder with config.json and model.safetensors',
      cause,
    });
  }
}
