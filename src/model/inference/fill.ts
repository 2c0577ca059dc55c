/**
 * Filling in a template: an answer whose form is known beforehand. Where its form gives the next tokens they are read
 * and not asked for; where it leaves a choice, the likeliest of the tokens that it allows is taken. So what is written
 * is always in form, and costs one pass over the prompt and a short one for each further choice.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { LayerCache } from '../network/decoder.js';
import { layoutKey, type Network } from '../network/network.js';
import { gatherRows } from '../ops/index.js';
import { layOut } from '../sequence/layout.js';
import type { Prefix } from './prefix-cache.js';
import type { Prompt } from './prompt.js';
import { scoreAnswers } from './score.js';

/** What comes next in a template: tokens that are given, or one token among those that may stand here. */
export type TemplatePart =
  | { readonly kind: 'given'; readonly tokens: readonly number[] }
  | { readonly kind: 'choice'; readonly among: readonly number[] };

export interface Template {
  readonly parts: readonly TemplatePart[];
  /** Token ids of each way to end; all are scored behind the parts. */
  readonly endings: readonly (readonly number[])[];
}

/** What became of one prompt. */
export interface Filled {
  /** The chosen tokens, one a choice. */
  readonly chosen: readonly number[];
  /** The natural log-probability of each ending behind the prompt and the filled parts. */
  readonly scores: readonly number[];
}

/** Tokens of a filled template at most. Throws `usage` where it leaves nothing to choose or to end with. */
export function templateLength({ parts, endings }: Template): number {
  const choices = parts.flatMap((part) => (part.kind === 'choice' ? [part.among] : []));
  if (endings.length === 0 || [...choices, ...endings].some((tokens) => tokens.length === 0)) {
    throw new AgentError('usage', 'the template cannot be filled in', {
      expected: 'a token to take at each choice, and at least one ending, none of them empty',
      got: `${choices.length} choices among ${choices.map((among) => among.length).join(', ')}, ${endings.length} endings`,
    });
  }
  const written = parts.reduce((sum, part) => sum + (part.kind === 'given' ? part.tokens.length : 1), 0);
  return written + Math.max(...endings.map((tokens) => tokens.length));
}

/**
 * Fills the template in behind each prompt.
 * @param prompts all of the same length.
 * @param features rows for the pictures of the prompts in order, row-major [pictures · tokensPerImage, hidden size].
 * @internal
 */
export async function fillTemplate(
  network: Network,
  prompts: readonly Prompt[],
  { parts, endings }: Template,
  features: Float32Array | null,
  prefix: Prefix,
): Promise<Filled[]> {
  const rows = prompts.map(({ tokens, frames }) => ({ tokens: [...tokens], frames }));
  const chosen = prompts.map((): number[] => []);
  let state: State = { past: prefix, features };
  try {
    for (const part of parts) {
      if (part.kind === 'given') {
        for (const { tokens } of rows) tokens.push(...part.tokens);
        continue;
      }
      const { choices, next } = await choose(network, rows, state, part.among);
      if (state.past !== prefix) dispose(state.past);
      state = next;
      rows.forEach(({ tokens }, row) => {
        const token = part.among[choices[row] as number] as number;
        tokens.push(token);
        chosen[row]?.push(token);
      });
    }
    const all = rows.map(() => endings);
    const scores = await scoreAnswers(network, rows, all, state.features, state.past);
    return scores.map((ofRow, row) => ({ chosen: chosen[row] ?? [], scores: ofRow }));
  } finally {
    if (state.past !== prefix) dispose(state.past);
  }
}

/** How far the rows have been read. */
interface State {
  readonly past: Prefix;
  /** Of pictures that are not read yet. */
  readonly features: Float32Array | null;
}

/**
 * Reads what the rows have beyond the past, and chooses their next token.
 * @returns for each row an index into `among`, and keys and values of all that was read, which the caller disposes of.
 */
async function choose(
  network: Network,
  rows: readonly Prompt[],
  { past, features }: State,
  among: readonly number[],
): Promise<{ choices: Int32Array; next: State }> {
  const layout = layOut(
    rows.map(({ tokens }) => ({ prompt: tokens.slice(past.length), branches: [] })),
    past.length,
  );
  const [choice, ...cache] = tf.tidy(() => {
    const size = network.config.text.hiddenSize;
    const pictures = features && tf.tensor2d(features, [features.length / size, size]);
    const inputs = {
      ...network.inputs(layout, pictures?.shape[0] ?? 0, past.layers),
      ...(pictures ? { features: pictures } : {}),
      tokens: tf.tensor1d([layout.width - 1], 'int32'),
      rows: tf.tensor1d([...layout.promptEnd], 'int32'),
      among: tf.tensor1d([...among], 'int32'),
    };
    return network.graphs.run(`fill ${layoutKey(layout)}`, inputs, (given) => {
      const { hidden, cache } = network.compute(layout, given);
      const logits = gatherRows(tf.transpose(network.logits(hidden)), given.among as tf.Tensor);
      return [tf.argMax(logits, 0), ...cache.flatMap(({ key, value }) => [key, value])];
    });
  }) as [tf.Tensor1D, ...tf.Tensor4D[]];
  const layers = Array.from({ length: cache.length / 2 }, (_, i) => ({ key: cache[2 * i], value: cache[2 * i + 1] }));
  const choices = await choice.data<'int32'>();
  choice.dispose();
  const length = past.length + layout.width;
  return { choices, next: { past: { length, layers: layers as LayerCache[] }, features: null } };
}

function dispose({ layers = [] }: Prefix): void {
  for (const { key, value } of layers) tf.dispose([key, value]);
}
