/**
 * The package as its users meet it: packed, installed by npm in an empty folder elsewhere, played, and compiled
 * against.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorTfjsNode } from '../../scripts/lib/vendor.mjs';
import { projectPaths, projectRoot } from '../../src/core/project-paths.js';

const ENTRIES = Object.keys(
  (JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { exports: object }).exports,
).filter((name) => name !== './package.json');

/** The compilers that types are compiled with; the repository's own is the third. */
const COMPILERS = { ts5: 'npm:typescript@5.9.3', ts7: 'npm:typescript@7.0.2' };

let folder: string;
let project: string;

/** In the user's project; what the set-up made is shared, since a second one would take minutes. */
const inProject = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  execa(command, args, {
    cwd: project,
    env: { AGENT_RUNTIME: projectPaths.runtime, NO_COLOR: '1', ...env },
    reject: false,
    all: true,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  project = join(folder, 'project');
  await mkdir(project);
  vendorTfjsNode();
  const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: projectRoot });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const manifest = { name: 'project', private: true, type: 'module', devDependencies: COMPILERS };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  // As a user would: install scripts run, where npm lets them.
  const installed = await inProject('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)]);
  expect(installed.exitCode, installed.all).toBe(0);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the installed package', { timeout: 120_000 }, () => {
  it('needs nothing of tfjs-node from npm, whose install script fails', () => {
    expect(existsSync(join(project, 'node_modules', '@tensorflow', 'tfjs'))).toBe(true);
    expect(existsSync(join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu'))).toBe(false);
  });

  it("plays, and leaves the run in the user's folder", async () => {
    const played = await inProject('npx', [
      'agent',
      'play',
      '--game',
      'carracing',
      '--seed',
      '7',
      '--max-decisions',
      '5',
    ]);
    expect(played.exitCode, played.all).toBe(0);
    expect(played.stdout).toMatch(/^Car Racing, seed 7: pae-lamm:\S+\nscore -?[\d.]+ {2}5 decisions/);
    expect(played.stderr).not.toMatch(/Warning/);
    const [run] = readdirSync(join(project, 'runs'));
    expect(run).toMatch(/carracing-pae-lamm/);
    expect(played.stdout).toContain(join(project, 'runs', run as string));
    expect(existsSync(join(project, 'node_modules', 'vlm-game-agent', 'runs'))).toBe(false);
  });

  it('finds the packages that npm put beside it', async () => {
    const { stdout } = await inProject('npx', ['agent', 'doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { id: string; status: string }[] };
    expect(findings.find(({ id }) => id === 'packages')).toMatchObject({ status: 'ok' });
    expect(findings.find(({ id }) => id === 'set-up')).toMatchObject({ status: 'ok' });
    expect(findings.find(({ id }) => id === 'tensorflow')).toMatchObject({ status: 'ok' });
  });

  it("sets up in the user's cache, and names commands that are there", async () => {
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    const env = { AGENT_RUNTIME: '', XDG_CACHE_HOME: join(folder, 'cache') };
    const { stdout } = await inProject('npx', ['agent', 'setup', '--help'], env);
    expect(stdout).toContain('Usage: npx agent setup');
    expect(stdout).toContain(join(folder, 'cache', 'vlm-game-agent', version));
  });

  it("runs the README's library example on this Node.js", async () => {
    const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
    const example = /### As a library\n+```js\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(example).toBeDefined();
    await writeFile(join(project, 'example.mjs'), `${example}\nconsole.log(step.kind, env.spec.id);\n`);
    const { exitCode, all, stdout } = await inProject(process.execPath, ['example.mjs']);
    expect(exitCode, all).toBe(0);
    expect(stdout).toMatch(/^(terminated|truncated|last) CarRacing-v3$/);
  });

  it('plays, evaluates and reads a record from TypeScript', async () => {
    await writeFile(
      join(project, 'own.ts'),
      `import { openStage, runEvaluation, type EvaluationResult } from 'vlm-game-agent/evaluation';
import { startEmulators } from 'vlm-game-agent/env-bridge';
import { openRecord, readSteps, type StepLine } from 'vlm-game-agent/record';
const signal = new AbortController().signal;
const emulators = await startEmulators({ signal });
const one = { game: 'carracing', policy: 'random', seed: 3, maxDecisions: 4, out: 'one' };
const stage = await openStage(one, emulators, signal);
const { score, steps } = await stage.play([]);
await stage[Symbol.asyncDispose]();
await emulators.close();
const policies = ['random', 'constant:gas'];
const asked = { games: ['carracing'], policies, episodes: 2, maxDecisions: 5, processes: 1 };
const result: EvaluationResult = await runEvaluation(asked);
const lines: StepLine['executed'][] = [];
for await (const line of readSteps(await openRecord('one'))) if ('executed' in line) lines.push(line.executed);
console.log(JSON.stringify({ score, steps, lines: lines.length, rows: result.results.rows.map((row) => row.policy) }));
`,
    );
    const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const compiled = await inProject(process.execPath, [tsc, ...options, 'own.ts']);
    expect(compiled.all).toBe('');
    const ran = await inProject(process.execPath, ['own.js']);
    expect(ran.exitCode, ran.all).toBe(0);
    const told = JSON.parse(ran.stdout) as { steps: number; lines: number; rows: string[] };
    expect(told).toMatchObject({ steps: 4, lines: 4, rows: ['random', 'constant:gas'] });
  });

  it.each([
    ['5.9', () => join(project, 'node_modules', 'ts5', 'bin', 'tsc')],
    ['6', () => join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')],
    ['7', () => join(project, 'node_modules', 'ts7', 'bin', 'tsc')],
  ])('has types that TypeScript %s compiles, strict and with those of libraries checked', async (_, compiler) => {
    const imports = ENTRIES.map((entry, i) => `export * as e${i} from 'vlm-game-agent/${entry.slice(2)}';\n`);
    await writeFile(join(project, 'types.ts'), imports.join(''));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const { exitCode, all } = await inProject(process.execPath, [compiler(), ...options, 'types.ts']);
    expect(all).toBe('');
    expect(exitCode).toBe(0);
  });
});
