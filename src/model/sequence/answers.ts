/** Answers laid out behind their prompts, and where the probability of each of their tokens is to be read. */
import { type BatchLayout, layOut } from './layout.js';

/** A prompt and the answers to it whose probabilities are wanted. */
export interface AnsweredPrompt {
  readonly prompt: readonly number[];
  /** Token ids of each answer, none empty. */
  readonly answers: readonly (readonly number[])[];
}

/** One probability to read: the row of logits it is in, and the token it is of. */
export interface Reading {
  readonly row: number;
  readonly token: number;
}

export interface AnswerLayout {
  readonly layout: BatchLayout;
  /** Flat indices of the hidden states whose logits are needed; the end of a prompt serves all its answers. */
  readonly hiddenRows: readonly number[];
  /** By prompt, answer and token; `row` counts in `hiddenRows`. */
  readonly readings: readonly (readonly (readonly Reading[])[])[];
}

/** Lays the answers out side by side behind a cached prefix of `past` tokens. */
export function layOutAnswers(rows: readonly AnsweredPrompt[], past = 0): AnswerLayout {
  // The last token of an answer is predicted and never read.
  const layout = layOut(
    rows.map(({ prompt, answers }) => ({ prompt, branches: answers.map((answer) => answer.slice(0, -1)) })),
    past,
  );
  const hiddenRows: number[] = [];
  const rowOf = (index: number): number => hiddenRows.push(index) - 1;
  const readings = rows.map(({ answers }, i) => {
    const promptRow = rowOf(layout.promptEnd[i] as number);
    return answers.map((answer, j) => {
      const start = layout.branchStart[i]?.[j] as number;
      return answer.map((token, k): Reading => ({ row: k === 0 ? promptRow : rowOf(start + k - 1), token }));
    });
  });
  return { layout, hiddenRows, readings };
}
