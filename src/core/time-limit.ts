/**
 * Ends work that a file from elsewhere decides the length of: a pattern that backtracks for ever, an endless template.
 */
import { createContext, Script } from 'node:vm';

/** What `withinTime` throws. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';

  constructor(readonly milliseconds: number) {
    super(`not done within ${milliseconds / 1000} s`);
  }
}

const context = createContext({ work: undefined });
const call = new Script('work()');

/**
 * Runs synchronous work, and ends it where it takes too long: V8 interrupts any JavaScript that a script with a timeout
 * calls, regular expressions included. Costs about a tenth of a millisecond.
 * Throws `OutOfTime`, or what the work throws.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  const outer = context.work;
  context.work = work;
  try {
    return call.runInContext(context, { timeout: milliseconds }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new OutOfTime(milliseconds);
    throw error;
  } finally {
    context.work = outer;
  }
}
