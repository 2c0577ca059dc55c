/** Answers laid out behind their prompts, and where the probability of each of their tokens is to be read. */
import { type BatchLayout, layOut } from './layout.js';

/** A prompt and the answers to it whose probabilities are wanted. */
export interface AnsweredPrompt {
  readonly prompt: readonly number[];
  /** Token ids of each answer, none empty. */
  readonly answers: readonly (readonly number[])[];
  /** Token ids before each answer that are read and not predicted, such as the place that a pixel query names. */
  readonly given?: readonly (readonly number[])[];
  /** Position of the first token behind the prompt; left out: the next one. */
  readonly branchPosition?: number;
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

/** Lays the answers out side by side behind a cached prefix of `past` tokens; `multiple` as in `layOut`. */
export function layOutAnswers(rows: readonly AnsweredPrompt[], past = 0, multiple = 1): AnswerLayout {
  const layout = layOut(
    rows.map(({ prompt, answers, given, branchPosition }) => ({
      prompt,
      branchPosition,
      // The last token of an answer is predicted and never read.
      branches: answers.map((answer, j) => [...(given?.[j] ?? []), ...answer.slice(0, -1)]),
    })),
    past,
    multiple,
  );
  const hiddenRows: number[] = [];
  const rowOf = (index: number): number => hiddenRows.push(index) - 1;
  const readings = rows.map(({ answers, given }, i) => {
    let promptRow: number | undefined;
    return answers.map((answer, j) => {
      // Token k is predicted from the place before it; the first of a bare answer from the end of the prompt.
      const before = (layout.branchStart[i]?.[j] as number) + (given?.[j]?.length ?? 0) - 1;
      const isBare = (given?.[j]?.length ?? 0) === 0;
      return answer.map((token, k): Reading => {
        if (k > 0 || !isBare) return { row: rowOf(before + k), token };
        promptRow ??= rowOf(layout.promptEnd[i] as number);
        return { row: promptRow, token };
      });
    });
  });
  return { layout, hiddenRows, readings };
}
