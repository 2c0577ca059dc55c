/** `agent report`: one page about any number of runs, and the same numbers as Markdown, CSV and JSON. */
import { join, resolve } from 'node:path';
import { projectPaths } from '../../core/project-paths.js';
import type { Report, WrittenReport } from '../../report/index.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, REPORT } from '../shared/output-options.js';

const EXAMPLES = `
Examples:
  $ agent report runs/EVALUATION                  everything that agent eval left there
  $ agent report runs/*-carracing-*               many runs of agent play, side by side
  $ agent report runs/A runs/B --out report-a-b

The folder gets report.html (opens offline), report.md, report.csv, episodes.csv and report.json. Links to videos are
relative: move the report together with the runs. Records are only read; one that is damaged is named in the report.`;

export const registerReport: Register = (program, context) => {
  program
    .command('report')
    .description('make a page about runs: scores, differences, latency, videos')
    .argument('<run...>', 'folders of runs of agent play or agent eval')
    .addOption(
      new OutputFolder(
        '-o, --out <folder>',
        'folder of the report; one that is there is replaced (default: a new one under runs/)',
        REPORT,
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action((runs: string[], options: { out?: string }) => report(runs, options.out, context));
};

async function report(runs: readonly string[], out: string | undefined, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { writeReport } = await import('../../report/index.js');
    const folder = out === undefined ? join(projectPaths.runs, `${timestamp()}-report`) : resolve(out);
    const onRecord = (done: number, total: number, decisions: number): void =>
      output.progress(() => `read ${done} of ${total} records, ${decisions} decisions`);
    const written = await writeReport(runs, folder, { signal: interrupt.signal, onRecord });
    output.clearLive();
    tell(written, output);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** Such as `20261123T073312Z`: reports sort among the runs by time. */
function timestamp(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, '');
}

function tell({ report, files }: WrittenReport, output: Console): void {
  const failures = report.problems.filter(({ kind }) => kind === 'failure').length;
  output.result({ files, ...summaryOf(report) });
  for (const game of report.games) {
    for (const { label, row } of game.policies) {
      const interval = row.interval ? ` [${row.interval.map((end) => end.toFixed(1)).join(', ')}]` : '';
      const mean = row.mean === null ? 'no score' : `mean ${row.mean.toFixed(1)}${interval}`;
      output.print(`${game.title}  ${label}  ${mean}  ${row.episodes} of ${row.planned} episodes`);
    }
  }
  if (failures > 0) output.note(`${failures} not in the numbers; the report says why`);
  output.print(`report ${files.html}`);
}

function summaryOf({ games, problems, verified, decisions }: Report): object {
  return {
    rows: games.flatMap(({ policies }) => policies.map(({ row }) => row)),
    paired: games.flatMap(({ comparisons }) => comparisons.map(({ row }) => row)),
    problems,
    verified,
    decisions,
  };
}
