/** Reasoning that a model writes into its answer, told apart by the tags of open models. */

const TAG = '(?:think|thinking|thought|reasoning)';
const OPENING = new RegExp(`<${TAG}>|\\[THINK\\]`, 'i');
const CLOSING = new RegExp(`</${TAG}>|\\[/THINK\\]`, 'gi');

export interface SplitText {
  readonly text: string;
  /** Empty where there is none. */
  readonly reasoning: string;
}

/**
 * Cuts reasoning out: from the first opening tag to the last closing one. A closing tag alone ends reasoning that began
 * in the chat template; an opening tag alone begins reasoning that was never ended. Answers in JSON have no tags but
 * those that they quote.
 */
export function splitReasoning(answer: string): SplitText {
  if (/^\s*\{/.test(answer)) return { text: answer, reasoning: '' };
  const closing = [...answer.matchAll(CLOSING)].at(-1);
  const closed = closing === undefined ? '' : answer.slice(0, closing.index);
  const open = OPENING.exec(closed);
  const before = open === null ? '' : closed.slice(0, open.index);
  const inside = open === null ? closed : closed.slice(open.index + open[0].length);
  const after = closing === undefined ? answer : answer.slice(closing.index + closing[0].length);
  const unended = OPENING.exec(after);
  if (unended === null && closing === undefined) return { text: answer, reasoning: '' };
  if (unended === null) return { text: (before + after).trim(), reasoning: inside.trim() };
  const rest = after.slice(unended.index + unended[0].length);
  return { text: (before + after.slice(0, unended.index)).trim(), reasoning: `${inside}\n${rest}`.trim() };
}
