/** `agent doctor`: shows what was found on this machine, and what each problem means. */
import type { Diagnosis, Finding, FindingStatus } from '../../doctor/index.js';
import type { Console } from '../shared/console.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent doctor
  $ agent doctor --json | jq '.findings[] | select(.status != "ok")'
  $ AGENT_PYTHON=~/my-env agent doctor      # another Python for the emulators

Exit code 0 if everything that is needed works, else 1. Warnings do not count.`;

export const registerDoctor: Register = (program, context) => {
  program
    .command('doctor')
    .description('examine this machine: tools, versions, devices, emulators, and what a problem means')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { examine } = await import('../../doctor/index.js');
      const output = context.output();
      const diagnosis = await examine((title) => output.live(`Examining ${title} …`));
      output.clearLive();
      for (const line of reportLines(diagnosis, output)) output.print(line);
      output.result(diagnosis);
      context.setExitCode(diagnosis.healthy ? 0 : 1);
    });
};

const SIGNS: Record<FindingStatus, { sign: string; style: Parameters<Console['style']>[1] }> = {
  ok: { sign: 'ok     ', style: 'green' },
  warning: { sign: 'warning', style: 'yellow' },
  problem: { sign: 'problem', style: 'red' },
};

function reportLines({ findings, healthy }: Diagnosis, output: Console): string[] {
  const width = Math.max(...findings.map(({ title }) => title.length));
  const lines = findings.flatMap((finding) => findingLines(finding, width, output));
  return [...lines, '', healthy ? 'Everything that is needed works.' : 'Something that is needed does not work.'];
}

function findingLines({ status, title, found, meaning, next }: Finding, width: number, output: Console): string[] {
  const { sign, style } = SIGNS[status];
  const indent = ' '.repeat(sign.length + 2);
  const lines = [`${output.style(sign, style)}  ${title.padEnd(width)}  ${found}`];
  if (meaning) lines.push(`${indent}means: ${meaning}`);
  if (next) lines.push(`${indent}next:  ${next}`);
  return lines;
}
