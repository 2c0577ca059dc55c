/** Scores of one table come from the same rules, seeds, weights and packages. */
import { AgentError } from '../core/index.js';

/**
 * Throws `record` where what was asked then and what is asked now differ, as JSON with sorted keys.
 * @param what such as `the seeds`, for the message.
 * @param where the folder of the evaluation.
 */
export function requireSame(what: string, was: unknown, is: unknown, where: string): void {
  const [before, now] = [canonical(was), canonical(is)];
  if (before === now) return;
  throw new AgentError('record', `not what this evaluation was started with: ${what}`, {
    expected: before,
    got: now,
    where,
    next: 'start a new evaluation (another --out): one table is not put together from both',
  });
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
