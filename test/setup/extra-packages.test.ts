/** Packages that a person adds to the emulators' Python: the list, and a real one out of the registry. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { changeExtraPackages, readExtraPackages, writeExtraPackages } from '../../scripts/lib/extra-packages.mjs';
import { paths } from '../../scripts/lib/paths.mjs';
import { pendingSteps } from '../../scripts/lib/set-up.mjs';
import { pythonExtraStep } from '../../scripts/lib/steps/python.mjs';
import { projectRoot } from '../../src/core/project-paths.js';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'extra-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the list', () => {
  it('has each package once, in the newest words for it', () => {
    const list = changeExtraPackages(['minigrid', 'Vizdoom==1.2'], { added: ['vizdoom == 1.3', 'gymnasium[mujoco]'] });
    expect(list).toEqual(['minigrid', 'vizdoom == 1.3', 'gymnasium[mujoco]']);
    expect(changeExtraPackages(list, { removed: ['VIZDOOM', 'gymnasium'] })).toEqual(['minigrid']);
  });

  it.each(['./here', '-r x', '--index-url=x', 'https://x/y.whl', 'a @ file:///x', '', 'a;b', 'a\nb'])(
    'takes no option, path or address: %j',
    (word) => {
      expect(() => changeExtraPackages([], { added: [word] })).toThrow(/--with: expected a package/);
    },
  );

  it('says what there is where a package to take away is not there', () => {
    expect(() => changeExtraPackages(['minigrid'], { removed: ['vizdoom'] })).toThrow(/there are: minigrid/);
  });

  it('comes back from its file, and is empty where that is missing or damaged', () => {
    const file = join(scratch(), 'list.json');
    expect(readExtraPackages(file)).toEqual([]);
    writeExtraPackages(['minigrid'], file);
    expect(readExtraPackages(file)).toEqual(['minigrid']);
    for (const text of ['{', '{}', '[1, "--x"]']) {
      writeFileSync(file, text);
      expect(readExtraPackages(file)).toEqual([]);
    }
  });

  it('is a step of every later set-up, again where the environment is new', () => {
    const names = (extraPackages: string[]) => pendingSteps({ extraPackages }).map(({ name }) => name);
    expect(names(['a-package-nobody-installed'])).toContain('python-extra');
    expect(names([])).not.toContain('python-extra');
    expect(pythonExtraStep.inputs({ extraPackages: ['a'] })).not.toEqual(
      pythonExtraStep.inputs({ extraPackages: ['a', 'b'] }),
    );
  });
});

/** A runtime folder whose Python is new and sees the packages of this one's; the rest is this one's own. */
async function borrowedRuntime(): Promise<string> {
  const runtime = join(scratch(), 'runtime');
  mkdirSync(runtime);
  cpSync(paths.stamps, join(runtime, 'stamps'), { recursive: true });
  for (const name of ['binding', 'tensorflow']) symlinkSync(join(paths.runtime, name), join(runtime, name));
  const python = join(runtime, 'python');
  await execa(paths.pythonExecutable, ['-m', 'venv', '--without-pip', python]);
  const folders = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const ask = async (executable: string) => (await execa(executable, ['-c', folders])).stdout.trim();
  const [own, borrowed] = [await ask(join(python, 'bin', 'python')), await ask(paths.pythonExecutable)];
  writeFileSync(join(own, 'borrowed.pth'), `${borrowed}\n`);
  return runtime;
}

describe('agent setup --with', { timeout: 240_000 }, () => {
  it('adds a package of environments, which then plays', async ({ skip }) => {
    const { exitCode } = await execa(
      paths.pythonExecutable,
      ['-m', 'pip', 'download', '--no-deps', '--dest', scratch(), '--retries=0', '--timeout=20', 'minigrid'],
      { reject: false, timeout: 60_000 },
    );
    skip(exitCode !== 0, 'no registry of Python packages is reached');
    const runtime = await borrowedRuntime();
    const agent = (...args: string[]) =>
      execa(join(projectRoot, 'agent'), args, {
        reject: false,
        env: { AGENT_RUNTIME: runtime, NO_COLOR: '1' },
        timeout: 120_000,
      });
    const added = await agent('setup', '--with', 'minigrid');
    expect(added.stderr).toContain('Packages added to the Python of the emulators: done');
    expect((await agent('setup')).stderr).toBe('Everything is set up.');
    expect((await agent('setup', '--with', 'no-such-package-4711')).stderr).toContain('there is no such package');
    expect(JSON.parse(readFileSync(join(runtime, 'extra-packages.json'), 'utf8'))).toEqual(['minigrid']);
    const doctor = JSON.parse((await agent('doctor', '--json')).stdout);
    expect(doctor.findings).toContainEqual(
      expect.objectContaining({ id: 'extra-packages', status: 'ok', found: 'minigrid' }),
    );
    const id = 'MiniGrid-Empty-5x5-v0';
    expect((await agent('play', '--env', id)).stderr).toContain(`did you mean \`minigrid:${id}\``);
    const run = join(scratch(), 'run');
    const played = await agent(
      ...['play', '--env', 'minigrid:MiniGrid-Empty-5x5-v0', '--observation', 'render'],
      ...['--policy', 'constant:forward', '--max-decisions', '2', '--out', run],
    );
    expect(played.exitCode).toBe(0);
    expect(readFileSync(join(run, 'manifest.json'), 'utf8')).toContain('"forward"');
  });
});
