/** `agent eyetest`: how small, how faint, how many, and how far off: what a model sees. */
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Progress, ScoresBeside } from '../../eyetest/index.js';
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
  $ agent eyetest --tests gap --side 96 224 448 --out runs/sizes
  $ agent eyetest --human --tests gap letter --out runs/eyes     you, in a page of your browser
  $ agent eyetest --report runs/eyes runs/other-eyes --out runs/side-by-side
  $ agent eyetest --report runs/eyes --scores runs/eval/results.json --out runs/eyes-and-scores

A model is a checkpoint (a folder, or a name in models/) or a player as agent play --policy takes it. Every question is
kept as it is answered: the same command with the same --out goes on where it was. The tests: docs/eyetest.md`;

interface EyeTestOptions extends RuntimeOptions, ServiceOptions {
  readonly model?: readonly string[];
  readonly tests?: readonly string[];
  readonly side?: readonly number[];
  readonly answers: 'scored' | 'written';
  readonly seed: number;
  readonly most: number;
  readonly numbers: number;
  readonly each?: number;
  readonly human?: string | true;
  readonly report?: readonly string[];
  readonly scores?: readonly string[];
  readonly scoredAs?: readonly Alias[];
  readonly out?: string;
}

export const registerEyeTest: Register = (program, context) => {
  const command = program
    .command('eyetest')
    .description(
      'measure how well models see: thresholds for gaps, contrast, color, place, number and motion; errors of pixels',
    )
    .option('-m, --model <model>', 'whom to test; may be repeated (default: pae-lamm-mini)', several)
    .option('--tests <name...>', 'which tests (default: all)')
    .option('--side <pixels...>', 'sizes of the pictures, each a column of the report (default: 224)', sizes)
    .addOption(
      new Option('--answers <how>', 'how a checkpoint here answers: names by their scores, or free text')
        .choices(['scored', 'written'])
        .default('scored'),
    )
    .option('-s, --seed <n>', 'the pictures follow from it', wholeNumber(0, 2 ** 32 - 1), 7)
    .option('--most <n>', 'usable answers to a test, at most', wholeNumber(10, 10_000), 60)
    .option('--numbers <n>', 'questions of each test with numbers, at most', wholeNumber(1, 10_000), 40)
    .option('--each <n>', 'no staircase: so many questions at each level', wholeNumber(1, 10_000))
    .addOption(new Option('--human [name]', 'a person takes the test in a browser').conflicts(['model', 'report']))
    .option('--report <folder...>', 'ask nothing; show eye tests of these folders side by side')
    .option('--scores <table...>', 'hold eyes beside scores: tables of agent eval, agent experiment and agent sights')
    .option(
      '--scored-as <model=policy...>',
      'what a tested model is called in these tables (default: the same)',
      aliases,
    )
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
    const eyetest = await import('../../eyetest/index.js');
    const { asMarkdown, evaluateEyes, eyeFolders, testPerson, testsThere, withoutFrames, writeEyeReport } = eyetest;
    const beside = await scoresBeside(options);
    const { seed, most, numbers, each = null, answers, side: sides = [224] } = options;
    const there = testsThere();
    const tests = options.tests ?? (options.human === undefined ? there.all : there.withChoices);
    const plan = { seed, most, each, tests, out, signal: interrupt.signal };
    if (options.human !== undefined) {
      const name = options.human === true ? null : options.human;
      const onPage = (url: string): void => output.note(`take the test at ${url}`);
      const runs = await testPerson({ ...plan, side: oneOf(sides), name, onPage });
      output.note(progress(name === null ? 'human' : `human ${name}`, runs));
    } else if (!options.report) {
      const models = options.model ?? ['pae-lamm-mini'];
      // Before anything is asked: a misspelt name costs no answers.
      if (beside) eyetest.requireTested(beside.policies, [...models, ...(await eyetest.modelsIn(out))]);
      if (!options.tests && there.missing.length > 0) output.note(leftOut(there.missing));
      await loadChosenTensorFlow(options);
      services = await chosenServices(options, output);
      await evaluateEyes({
        ...{ ...plan, sides, answers, numbers, models, services },
        onAnswers: (model, runs) => output.live(progress(model, runs)),
      });
    }
    const folders = (await Promise.all((options.report ?? [out]).map(eyeFolders))).flat();
    const report = await writeEyeReport(folders, out, beside);
    if (options.scores && report.scores.length === 0) output.note(NOTHING_BESIDE);
    tell(output, asMarkdown(report), withoutFrames(report), out);
    if (services) tellSpent(services, output);
  } catch (error) {
    output.clearLive();
    if (services) tellSpent(services, output);
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

const NOTHING_BESIDE =
  'no eye test and score have three models in common: --scored-as MODEL=POLICY says what a model is called in a table';

interface Alias {
  readonly model: string;
  readonly policy: string;
}

/** MODEL=POLICY, each model once. A policy's name holds no `=`. */
function aliases(text: string, before: readonly Alias[] = []): Alias[] {
  const at = text.lastIndexOf('=');
  const [model, policy] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || policy === '') throw new InvalidArgumentError('expected MODEL=POLICY');
  if (before.some((other) => other.model === model)) throw new InvalidArgumentError(`${model} is named twice`);
  return [...before, { model, policy }];
}

/** Read before anything is asked: a wrong file costs no answers. */
async function scoresBeside({ scores, scoredAs = [] }: EyeTestOptions): Promise<ScoresBeside | undefined> {
  if (scores) {
    const { readScores } = await import('../../eyetest/index.js');
    const policies = new Map(scoredAs.map(({ model, policy }) => [model, policy]));
    return { scores: await readScores(scores), policies };
  }
  if (scoredAs.length === 0) return undefined;
  throw new AgentError('usage', '--scored-as says what models are called in tables of scores, and there are none', {
    expected: '--scores TABLE beside it',
  });
}

/** For an option that takes several sizes, each once. */
function sizes(text: string, before: readonly number[] = []): number[] {
  return [...new Set([...before, wholeNumber(64, 1024)(text)])];
}

function leftOut(tests: readonly string[]): string {
  return `left out, for the photographs are not there: ${tests.join(', ')}; agent setup --photographs fetches them`;
}

/** The size at which a person is tested. */
function oneOf(sides: readonly number[]): number {
  if (sides.length === 1) return sides[0] as number;
  throw new AgentError('usage', 'a person is tested at one size at a time', {
    expected: '--human with one --side',
    got: sides.join(' '),
    next: 'give the sizes one after the other, with the same --out',
  });
}

function progress(model: string, runs: readonly Progress[]): string {
  const asked = runs.reduce((sum, { lines }) => sum + lines.length, 0);
  return `${model}: ${asked} questions, ${runs.filter(({ isOver }) => isOver).length} of ${runs.length} tests over`;
}

function tell(output: Console, markdown: string, report: object, out: string): void {
  output.clearLive();
  output.result({ ...report, folder: out });
  output.block(markdown);
  output.print(`report ${join(out, 'report.html')}`);
}
