/** Errors that nobody caught, each in one line: a stack trace helps nobody who only wants to play. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function describeFailure(error) {
  if (error?.code === 'EMFILE' || error?.code === 'ENFILE' || isThereAllTheSame(error)) {
    return 'error: too many files are open: raise the limit, for example with ulimit -n 1024';
  }
  if (error?.syscall === 'uv_cwd')
    return 'error: the folder in which the command runs is not there any more: cd elsewhere';
  const message = error instanceof Error ? error.message : String(error);
  const debug = process.env.AGENT_DEBUG && error instanceof Error ? `\n${error.stack}` : '';
  return `error: ${message.split('\n')[0]} (unexpected; AGENT_DEBUG=1 shows where)${debug}`;
}

/** Ends the process with such a line where anything is thrown past everybody. */
export function endInOneLine() {
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(1);
  });
}

/** With fewer open files than this some package cannot be read; 128 were enough where it was tried. */
const ENOUGH_FILES = 256;

/**
 * Of a package that could not be read for want of open files Node says that it is not there. So it is only where the
 * limit is low and the package is there: what is missing, or half installed, is named as Node names it.
 */
function isThereAllTheSame(error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') return false;
  const [, path] = /'(\/[^']+)'/.exec(error.message) ?? [];
  if (path === undefined || !(existsSync(path) || existsSync(join(dirname(path), 'package.json')))) return false;
  return Number(process.report.getReport().userLimits.open_files.soft) < ENOUGH_FILES;
}
