/** What is wrong in a file that a person wrote, as one error: all of it where it is little, else its beginning. */
import { AgentError } from './errors.js';

/** One thing wrong in a file. */
export interface ConfigProblem {
  /** From 1 on. */
  readonly line: number;
  readonly column: number;
  /** Such as `actions[2].name`; empty for the file as a whole. */
  readonly field: string;
  readonly summary: string;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
}

/** More problems of one file than this are counted, not told: the first ones still stand on the screen. */
const MAX_TOLD = 10;

/** A `config` error of a file; `manual` is where its fields are explained. */
export function configError(file: string, problems: readonly ConfigProblem[], manual: string): AgentError {
  const [first] = problems;
  const next = `correct the file; its fields are explained in ${manual}`;
  if (problems.length === 1 && first) {
    const { summary, expected, got, hint } = first;
    return new AgentError('config', first.field ? `${first.field}: ${summary}` : summary, {
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      where: `${file}:${first.line}:${first.column}`,
      next: hint ?? next,
    });
  }
  const list = problems
    .slice(0, MAX_TOLD)
    .map((problem) => `  ${file}:${problem.line}:${problem.column}  ${oneLine(problem)}`);
  const rest = problems.length - list.length;
  if (rest > 0) list.push(`  … and ${rest} more`);
  return new AgentError('config', [`${problems.length} problems in ${file}`, ...list].join('\n'), {
    where: file,
    next,
  });
}

function oneLine({ field, summary, expected, got, hint }: ConfigProblem): string {
  const details = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(got === undefined ? [] : [`got ${got}`]),
    ...(hint === undefined ? [] : [hint]),
  ];
  return `${field ? `${field}: ` : ''}${[summary, ...details].join('; ')}`;
}
