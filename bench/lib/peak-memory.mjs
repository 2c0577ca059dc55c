/**
 * Runs the command line with the arguments given, in this process, and says on the last line of standard error how much
 * memory it had at its peak: `{"maxRSS":KIBIBYTES}`.
 */
import { main } from '../../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
process.stderr.write(`\n${JSON.stringify({ maxRSS: process.resourceUsage().maxRSS })}\n`);
