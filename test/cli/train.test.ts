/**
 * `agent train expert` and `lessons`: what is passed on to Python and back. Python is played by a script; training is
 * Python's test.
 */
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { projectPaths } from '../../src/core/project-paths.js';
import { gameSettings } from '../../src/training/game-settings.js';
import { agent, eventually, isAlive, scratchFolder } from './agent-command.js';

/** Stands for a Python with every package: `-c` finds nothing missing, `-m` does what `body` says. */
async function fakePython(body: string): Promise<{ env: Record<string, string>; folder: string }> {
  const folder = await scratchFolder();
  const path = join(folder, 'python');
  await writeFile(path, `#!/bin/bash\n[ "$1" = -c ] && exit 0\ncd "${folder}"\necho "$@" > arguments\n${body}\n`);
  await chmod(path, 0o755);
  return { env: { AGENT_TRAIN_PYTHON: path }, folder };
}

const argumentsOf = async (folder: string): Promise<string> =>
  (await readFile(join(folder, 'arguments'), 'utf8')).trim();
const TRAIN = ['train', 'expert', '--game', 'carracing'];

describe('agent train expert', { timeout: 120_000 }, () => {
  it('without PyTorch names the command that installs it, and what is missing', async () => {
    const nowhere = await agent(TRAIN, { env: { AGENT_TRAIN_PYTHON: '/no/such/python' } });
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain('agent setup --train');
    expect(nowhere.stderr).toContain('AGENT_TRAIN_PYTHON');
    const emulators = await agent(TRAIN, { env: { AGENT_TRAIN_PYTHON: projectPaths.python } });
    expect(emulators.exitCode).toBe(1);
    expect(emulators.stderr).toMatch(/without torch, stable_baselines3/);
  });

  it('passes on what was asked for, the progress, and the result', async () => {
    const { env, folder } = await fakePython(
      'cp "$5" game.json; echo "2,048 decisions  score 12" >&2; echo \'{"decisions": 2048}\'',
    );
    const options = ['--resume', '--total-decisions', '5000', '--workers', '2', '--checkpoint-seconds', '30'];
    const run = join(folder, 'run');
    const { exitCode, stdout, stderr } = await agent([...TRAIN, '--out', run, ...options, '--json'], { env });
    expect(exitCode).toBe(0);
    const file = (await argumentsOf(folder)).split(' ')[4] as string;
    expect(await argumentsOf(folder)).toBe(
      `-m agent_training.experts train --game ${file} --out ${run} ` +
        '--total-decisions 5000 --workers 2 --checkpoint-seconds 30 --resume',
    );
    expect(JSON.parse(await readFile(join(folder, 'game.json'), 'utf8'))).toEqual(gameSettings(loadGame('carracing')));
    expect(existsSync(dirname(file))).toBe(false);
    expect(stderr).toContain('2,048 decisions  score 12');
    expect(JSON.parse(stdout)).toEqual({ run, wasStopped: false, decisions: 2048 });
    const quiet = await agent([...TRAIN, '--out', run, '--quiet'], { env });
    expect(quiet.stderr).toBe('');
  });

  it('tells the reason of a failure once, and wrong usage as such', async () => {
    const failing = await fakePython('echo "error: no checkpoint.pt in x" >&2; exit 1');
    const failed = await agent(TRAIN, { env: failing.env });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr.match(/no checkpoint\.pt in x/g)).toHaveLength(1);
    const wrong = await fakePython('echo "usage: x" >&2; echo "python: error: unknown thing" >&2; exit 2');
    const refused = await agent([...TRAIN, '--json'], { env: wrong.env });
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'usage', got: 'unknown thing' } });
    expect((await agent(['train', 'expert', '--game', 'breakout'], { env: wrong.env })).exitCode).toBe(2);
  });

  it('Ctrl-C asks Python once to stop, waits for its checkpoint, and says how to go on', async () => {
    const body = `trap 'echo stop >> stops; sleep 0.5; echo "{\\"decisions\\": 7}"; exit 0' INT
      echo ready >&2; touch ready; while true; do sleep 0.1; done`;
    const { env, folder } = await fakePython(body);
    const running = agent([...TRAIN, '--out', join(folder, 'run')], { env });
    await eventually('the training', () => readFile(join(folder, 'ready')).catch(() => undefined));
    running.kill('SIGINT');
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(await readFile(join(folder, 'stops'), 'utf8')).toBe('stop\n');
    expect(stdout).toContain('stopped at 7 decisions');
    expect(stderr).toMatch(/--resume --out/);
  });

  it('a second Ctrl-C ends a training that does not stop, and its workers', async () => {
    const body = `trap '' INT; sleep 1000 & echo $! > worker; echo $$ > pid; touch ready; wait; sleep 1000`;
    const { env, folder } = await fakePython(body);
    const running = agent([...TRAIN, '--out', join(folder, 'run')], { env });
    await eventually('the training', () => readFile(join(folder, 'ready')).catch(() => undefined));
    const pids = await Promise.all(
      ['pid', 'worker'].map(async (name) => Number(await readFile(join(folder, name), 'utf8'))),
    );
    running.kill('SIGINT');
    await eventually('the first to be told', () => (running.stderr ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    await eventually('both to end', () => (pids.some(isAlive) ? undefined : true));
  });
});

describe('agent train lessons', { timeout: 120_000 }, () => {
  const minis = ['pae-lamm-mini', 'frozen-mini'].map((name) => join(projectPaths.models, name));
  const LESSONS = ['train', 'lessons', '--init', ...minis];

  it('writes what is to be told, passes on what was asked for, and names the models', async () => {
    const { env, folder } = await fakePython('echo "prompt 200 of 500" >&2; echo \'{"models": ["a", "b"]}\'');
    const run = join(folder, 'run');
    const options = ['--stages', 'patches', 'prompt=500', '--games', '8', '--seed', '3'];
    const { exitCode, stdout, stderr } = await agent([...LESSONS, '--out', run, ...options], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('prompt 200 of 500') });
    expect(stdout).toMatch(/^done {2}run .*\nmodel a\nmodel b\n?$/);
    const file = join(run, 'plan.json');
    expect(await argumentsOf(folder)).toBe(
      `-m agent_training.lessons --plan ${file} --init ${minis.join(' ')} --out ${run}`,
    );
    const plan = JSON.parse(await readFile(file, 'utf8'));
    const stages = plan.recipe.stages.map(({ name, updates }: { name: string; updates: number }) => [name, updates]);
    expect(stages).toEqual([
      ['patches', 2224],
      ['prompt', 500],
    ]);
    expect(plan.recipe).toMatchObject({ seed: 3, games: { count: 8, workers: 14 } });
    expect(plan.game.emulator).toMatchObject({ env: 'ALE/SpaceInvaders-v5', frameSkip: 4, maxPool: true });
    expect(plan.patches_from).toBe(59);
    const { image_token, patches, sights, tellings } = plan.tellings;
    expect(patches).toBe(144);
    expect(sights.map((tokens: number[]) => new Set(tokens).size)).toEqual([256, 256, 256]);
    expect(tellings).toHaveLength(400);
    const [plain, ...varied] = tellings as { prompt: number[]; answers: number[][] }[];
    for (const { prompt, answers } of [plain, ...varied] as { prompt: number[]; answers: number[][] }[]) {
      expect(prompt.filter((token) => token === image_token)).toHaveLength(4 * 144);
      expect(answers).toHaveLength(6);
    }
    const swapped = varied.filter(({ answers }) => `${answers}` !== `${plain?.answers}`);
    expect(swapped.length).toBeGreaterThan(10);
    expect(swapped.length).toBeLessThan(100);
  });

  it('refuses a model whose tokenizer cuts numbers into pieces, before Python begins', async () => {
    const { env, folder } = await fakePython('touch begun');
    const cutting = fileURLToPath(new URL('../model/fixtures/grouped-llama3', import.meta.url));
    const args = ['train', 'lessons', '--init', cutting, '--out', join(folder, 'run'), '--json'];
    const { exitCode, stdout } = await agent(args, { env });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', where: cutting } });
    expect(await readdir(folder)).not.toContain('begun');
  });

  it('without PyTorch names the command that installs it', async () => {
    const { exitCode, stderr } = await agent(LESSONS, { env: { AGENT_TRAIN_PYTHON: projectPaths.python } });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/without torch, safetensors/);
    expect(stderr).toContain('agent setup --train');
  });
});

describe('agent expert import', { timeout: 120_000 }, () => {
  it('makes an expert of any game, and says what plays it', async () => {
    const folder = await scratchFolder();
    const zips = new URL('../expert/fixtures/sb3/', import.meta.url);
    const { preprocessing } = JSON.parse(await readFile(new URL('golden.json', zips), 'utf8'));
    await writeFile(join(folder, 'preprocessing.json'), JSON.stringify(preprocessing));
    const importZip = (name: string, game: string) =>
      agent([
        ...['expert', 'import', fileURLToPath(new URL(`${name}.zip`, zips)), '--game', game],
        ...['--out', join(folder, name), '--preprocessing', join(folder, 'preprocessing.json'), '--json'],
      ]);
    const { exitCode, stdout, stderr } = await importZip('trpo', 'breakout');
    expect(exitCode).toBe(0);
    const provenance = { imported_from: 'trpo.zip' };
    expect(JSON.parse(stdout)).toMatchObject({ game: 'breakout', algorithm: 'trpo', provenance });
    expect(stderr).toContain(`agent play --game breakout --policy expert:${join(folder, 'trpo')}`);
    const steering = await importZip('continuous', 'carracing');
    expect(steering.stderr).toContain(
      `agent play --env CarRacing-v3 --kwargs '{"continuous":true}' --frame-skip 4 --policy expert:`,
    );
  });
});

describe('agent expert export', { timeout: 120_000 }, () => {
  it('passes on the run and where the expert goes, and opens what was written', async () => {
    const model = join(projectPaths.models, 'expert-carracing');
    const { env, folder } = await fakePython(
      `mkdir -p out; cp ${model}/config.json ${model}/model.safetensors out; echo '{"updates": 1}'`,
    );
    const out = join(folder, 'out');
    const { exitCode, stdout } = await agent(['expert', 'export', '--run', folder, '--out', out, '--json'], { env });
    expect(exitCode).toBe(0);
    expect(await argumentsOf(folder)).toBe(
      `-m agent_training.experts export --run ${folder} --which best --out ${out}`,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      expert: out,
      game: 'carracing',
      algorithm: 'ppo',
      provenance: { updates: 1 },
    });
  });

  it('refuses what Python wrote where it is no expert', async () => {
    const { env, folder } = await fakePython("mkdir -p out; echo '{}' > out/config.json; echo '{}'");
    const args = ['expert', 'export', '--run', folder, '--out', join(folder, 'out')];
    const { exitCode, stderr } = await agent(args, { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not fit');
  });
});
