/** Errors that nobody caught, each in one line: a stack trace helps nobody who only wants to play. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

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

/** Of a package that could not be read for want of open files Node says that it is not there. */
function isThereAllTheSame(error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') return false;
  const [, path] = /'(\/[^']+)'/.exec(error.message) ?? [];
  return path !== undefined && (existsSync(path) || existsSync(dirname(path)));
}
