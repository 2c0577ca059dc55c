/** `agent eyetest`: how small, how faint, how many: what a model sees, as psychophysics measures it. */
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { projectPaths } from '../../core/project-paths.js';
import type { TestRun } from '../../eyetest/index.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { Services } from '../../players/index.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { EYE_TEST, OutputFolder } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { addServiceOptions, chosenServices, type ServiceOptions, tellSpent } from '../shared/service-options.js';

const EXAMPLES = `
Examples:
  $ agent eyetest --model pae-lamm-mini --out runs/eyes
  $ agent eyetest --model openai:gpt-5-mini --model endpoint:llama-server:default --max-cost 2.50 --out runs/eyes
  $ agent eyetest --tests gap count --most 30 --model random
  $ agent eyetest --human --tests gap letter --out runs/eyes     you, in a page of your browser
  $ agent eyetest --report runs/eyes runs/other-eyes --out runs/side-by-side

A model is a checkpoint (a folder, or a name in models/) or a player as agent play --policy takes it. Every question is
kept as it is answered: the same command with the same --out goes on where it was. The tests: docs/eyetest.md`;

interface EyeTestOptions extends RuntimeOptions, ServiceOptions {
  readonly model?: readonly string[];
  readonly tests?: readonly string[];
  readonly side: number;
  readonly seed: number;
  readonly most: number;
  readonly each?: number;
  readonly human?: string | true;
  readonly report?: readonly string[];
  readonly out?: string;
}

export const registerEyeTest: Register = (program, context) => {
  const command = program
    .command('eyetest')
    .description('measure how well models see: thresholds for gaps, contrast, color, place, number and motion')
    .option('-m, --model <model>', 'whom to test; may be repeated (default: pae-lamm-mini)', several)
    .option('--tests <name...>', 'which tests (default: all)')
    .option('--side <pixels>', 'size of the pictures', wholeNumber(64, 1024), 224)
    .option('-s, --seed <n>', 'the pictures follow from it', wholeNumber(0, 2 ** 32 - 1), 7)
    .option('--most <n>', 'usable answers to a test, at most', wholeNumber(10, 10_000), 60)
    .option('--each <n>', 'no staircase: so many questions at each level', wholeNumber(1, 10_000))
    .addOption(new Option('--human [name]', 'a person takes the test in a browser').conflicts(['model', 'report']))
    .option('--report <folder...>', 'ask nothing; show eye tests of these folders side by side')
    .addOption(new OutputFolder('-o, --out <folder>', 'where answers and report go (default: runs/eyetest)', EYE_TEST))
    .addHelpText('after', EXAMPLES);
  addServiceOptions(command);
  addRuntimeOptions(command).action((options: EyeTestOptions) => run(options, context));
};

async function run(options: EyeTestOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const out = resolve(options.out ?? join(projectPaths.runs, 'eyetest'));
  let services: Services | undefined;
  try {
    const { asMarkdown, EYE_TESTS, evaluateEyes, eyeFolders, testPerson, writeEyeReport } = await import(
      '../../eyetest/index.js'
    );
    const plan = {
      ...{ side: options.side, seed: options.seed, most: options.most, each: options.each ?? null },
      ...{ tests: options.tests ?? EYE_TESTS.map(({ name }) => name), out, signal: interrupt.signal },
    };
    if (options.human !== undefined) {
      const name = options.human === true ? null : options.human;
      const runs = await testPerson({ ...plan, name, onPage: (url) => output.note(`take the test at ${url}`) });
      output.note(progress(name === null ? 'human' : `human ${name}`, runs));
    } else if (!options.report) {
      await loadChosenTensorFlow(options);
      services = await chosenServices(options, output);
      await evaluateEyes({
        ...{ ...plan, models: options.model ?? ['pae-lamm-mini'], services },
        onAnswers: (model, runs) => output.live(progress(model, runs)),
      });
    }
    const folders = (await Promise.all((options.report ?? [out]).map(eyeFolders))).flat();
    const report = await writeEyeReport(folders, out);
    tell(output, asMarkdown(report), report, out);
    if (services) tellSpent(services, output);
  } catch (error) {
    output.clearLive();
    if (services) tellSpent(services, output);
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function progress(model: string, runs: readonly TestRun[]): string {
  const asked = runs.reduce((sum, { lines }) => sum + lines.length, 0);
  return `${model}: ${asked} questions, ${runs.filter(({ isOver }) => isOver).length} of ${runs.length} tests over`;
}

function tell(output: Console, markdown: string, report: object, out: string): void {
  output.clearLive();
  output.result({ ...report, folder: out });
  output.print(markdown);
  output.print(`report ${join(out, 'report.html')}`);
}
