/** Log-probabilities of given answers: the question a policy asks when the legal actions are known. */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { Network } from '../network/network.js';
import { type BatchLayout, layOut, type SequenceRow } from '../sequence/layout.js';
import type { Prefix } from './prefix-cache.js';
import type { Prompt } from './prompt.js';

/** One probability to read: the row of logits it is in, and the token it is of. */
interface Reading {
  readonly row: number;
  readonly token: number;
}

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
  const rows = prompts.map(({ tokens }, i): SequenceRow => {
    // The last token of an answer is predicted and never read.
    const branches = (answers[i] ?? []).map((answer) => answer.slice(0, -1));
    return { prompt: tokens.slice(prefix.length), branches };
  });
  const layout = layOut(rows, prefix.length);
  const { hiddenRows, readings } = planReadings(layout, answers);
  const picked = tf.tidy(() => {
    const size = network.config.text.hiddenSize;
    const pictures = features && tf.tensor2d(features, [features.length / size, size]);
    const { hidden } = network.run(layout, pictures, prefix.layers);
    const logProbabilities = tf.logSoftmax(network.logits(hidden, hiddenRows));
    const places = readings.flat(2).flatMap(({ row, token }) => [row, token]);
    return tf.gatherND(logProbabilities, tf.tensor2d(places, [places.length / 2, 2], 'int32'));
  });
  const values = await picked.data<'float32'>();
  picked.dispose();
  let next = 0;
  return readings.map((ofPrompt) =>
    ofPrompt.map((ofAnswer) => requireNumber(ofAnswer.reduce((sum) => sum + (values[next++] as number), 0))),
  );
}

/** Which hidden states are needed (the end of a prompt serves all its answers), and what is read from their logits. */
function planReadings(layout: BatchLayout, answers: readonly (readonly (readonly number[])[])[]) {
  const hiddenRows: number[] = [];
  const rowOf = (index: number): number => hiddenRows.push(index) - 1;
  const readings = answers.map((ofPrompt, i) => {
    const promptRow = rowOf(layout.promptEnd[i] as number);
    return ofPrompt.map((answer, j) => {
      const start = layout.branchStart[i]?.[j] as number;
      return answer.map((token, k): Reading => ({ row: k === 0 ? promptRow : rowOf(start + k - 1), token }));
    });
  });
  return { hiddenRows, readings };
}

function requireNumber(score: number): number {
  if (!Number.isNaN(score)) return score;
  throw new AgentError('runtime', 'The model computed no number for an answer', {
    expected: 'a log-probability',
    got: 'NaN',
    next: 'the weights probably hold NaN or infinite values: check the training run that wrote them',
  });
}
