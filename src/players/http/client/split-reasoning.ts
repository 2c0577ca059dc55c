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
  const closings = [...answer.matchAll(CLOSING)];
  const last = closings.at(-1);
  const closed = last === undefined ? '' : answer.slice(0, last.index);
  const after = last === undefined ? answer : answer.slice(last.index + last[0].length);
  const unended = OPENING.exec(after);
  if (last === undefined && unended === null) return { text: answer, reasoning: '' };

  const [before, inside] = cutAt(OPENING.exec(closed.slice(0, closings[0]?.index)), closed) ?? ['', closed];
  const [text, rest] = cutAt(unended, after) ?? [after, ''];
  return { text: (before + text).trim(), reasoning: `${inside}\n${rest}`.trim() };
}

/** What stands before and behind a match; undefined where there is none. */
function cutAt(match: RegExpExecArray | null, text: string): [string, string] | undefined {
  return match === null ? undefined : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}
