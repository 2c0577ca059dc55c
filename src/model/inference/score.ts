/** Log-probabilities of given answers: the question a policy asks when the legal actions are known. */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { layoutKey, type Network } from '../network/network.js';
import { layOutAnswers } from '../sequence/answers.js';
import type { BatchLayout } from '../sequence/layout.js';
import type { Prefix } from './prefix-cache.js';
import type { Prompt } from './prompt.js';

/**
 * The log-probability of each answer after its prompt, all in one pass: answers lie behind their prompt side by side.
 * @param answers for each prompt, the token ids of each answer, none of them empty.
 * @returns natural logarithms, in the order of the answers.
 */
export async function scoreAnswers(
  network: Network,
  prompts: readonly Prompt[],
  answers: readonly (readonly (readonly number[])[])[],
  features: Float32Array | null,
  prefix: Prefix,
): Promise<number[][]> {
  const rows = prompts.map(({ tokens }, i) => ({ prompt: tokens.slice(prefix.length), answers: answers[i] ?? [] }));
  const { layout, hiddenRows, readings } = layOutAnswers(rows, prefix.length);
  const picked = tf.tidy(() => {
    const size = network.config.text.hiddenSize;
    const pictures = features && tf.tensor2d(features, [features.length / size, size]);
    const places = readings.flat(2).flatMap(({ row, token }) => [row, token]);
    const tokens = commonTokens(layout, hiddenRows);
    const inputs = {
      ...network.inputs(layout, pictures?.shape[0] ?? 0, prefix.layers),
      ...(pictures ? { features: pictures } : {}),
      ...(tokens ? { tokens: tf.tensor1d(tokens, 'int32') } : {}),
      rows: tf.tensor1d([...hiddenRows], 'int32'),
      places: tf.tensor2d(places, [places.length / 2, 2], 'int32'),
    };
    const [chosen] = network.graphs.run(`score ${layoutKey(layout)}`, inputs, (given) => {
      const { hidden } = network.compute(layout, given);
      const logProbabilities = tf.logSoftmax(tokens ? network.logits(hidden) : network.logits(hidden, given.rows));
      return [tf.gatherND(logProbabilities, given.places as tf.Tensor)];
    });
    return chosen as tf.Tensor;
  });
  const values = await picked.data<'float32'>();
  picked.dispose();
  let next = 0;
  return readings.map((ofPrompt) =>
    ofPrompt.map((ofAnswer) => requireNumber(ofAnswer.reduce((sum) => sum + (values[next++] as number), 0))),
  );
}

/**
 * The tokens whose hidden states are wanted, where they are the same in every row of the batch, as those of one game's
 * episodes are; undefined otherwise. The last layer then leaves out all others.
 */
function commonTokens({ batch, width, visibility }: BatchLayout, hiddenRows: readonly number[]): number[] | undefined {
  const tokens = hiddenRows.slice(0, hiddenRows.length / batch).map((row) => row % width);
  const isCommon = hiddenRows.every((row, i) => {
    const inRow = Math.floor(i / tokens.length);
    return row === inRow * width + (tokens[i % tokens.length] as number);
  });
  return isCommon && visibility.kind === 'dense' ? tokens : undefined;
}

function requireNumber(score: number): number {
  if (!Number.isNaN(score)) return score;
  throw new AgentError('runtime', 'the model computed no number for an answer', {
    expected: 'a log-probability',
    got: 'NaN',
    next: 'the weights probably hold NaN or infinite values: check the training run that wrote them',
  });
}
