/**
 * What `./agent` runs: sets up what is missing, then the command line, in this same process. Everything that an old
 * Node.js could not read is imported after its version was checked.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endInOneLine } from './lib/failure.mjs';
import { paths } from './lib/paths.mjs';
import { checkNode, describeMissing } from './lib/requirements.mjs';
import { outliveTerminal } from './lib/terminal.mjs';

const args = process.argv.slice(2);
const mainModule = join(paths.dist, 'cli', 'main.js');

/** `doctor` must speak when something is broken, so a step that fails is told and not fatal. */
async function prepare(command) {
  const { setUp } = await import('./lib/set-up.mjs');
  const { SetupError } = await import('./lib/setup-error.mjs');
  const isDoctor = command === 'doctor';
  try {
    await setUp(isDoctor ? { only: ['packages', 'build'] } : {});
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return isDoctor && existsSync(mainModule);
  }
}

async function launch() {
  const node = checkNode();
  if (!node.ok) {
    process.stderr.write(`${describeMissing([node])}\n`);
    return 1;
  }
  if (args[0] === 'help' && args[1] === 'setup') return (await import('./setup.mjs')).main(['--help']);
  if (args[0] === 'setup') return (await import('./setup.mjs')).main(args.slice(1));
  if (!(await prepare(args[0]))) return 1;
  // Node.js 22.8 and later keep what they compiled; starting takes a third less.
  module.enableCompileCache?.(join(paths.runtime, 'compile-cache'));
  const { main } = await import(pathToFileURL(mainModule).href);
  return main(args);
}

endInOneLine();
outliveTerminal();
const code = await launch();
// An output that could not be written has set a code of its own.
if (code !== 0 || process.exitCode === undefined) process.exitCode = code;
