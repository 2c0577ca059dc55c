/**
 * What `agent experiment` starts for each of its jobs: the command line as it is built, without a look at the set-up.
 * The experiment has made sure of that, and sources that are edited meanwhile must not change the jobs that follow.
 */
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endInOneLine } from './lib/failure.mjs';
import { paths } from './lib/paths.mjs';
import { outliveTerminal } from './lib/terminal.mjs';

endInOneLine();
outliveTerminal();
module.enableCompileCache?.(join(paths.runtime, 'compile-cache'));
const { main } = await import(pathToFileURL(join(paths.dist, 'cli', 'main.js')).href);
const code = await main(process.argv.slice(2));
// An output that could not be written has set a code of its own.
if (code !== 0 || process.exitCode === undefined) process.exitCode = code;
