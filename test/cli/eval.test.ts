/**
 * `agent eval` in the real emulators: the table it makes, what a kill at any moment leaves, what batches change
 * (nothing).
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../src/core/index.js';
import { type Results, resultsSchema } from '../../src/evaluation/index.js';
import { tinyCheckpoint } from '../model/tiny-checkpoint.js';
import { agent, eventually, readManifest, scratchFolder } from './agent-command.js';

const readResults = async (run: string): Promise<Results> =>
  resultsSchema.parse(JSON.parse(await readFile(join(run, 'results.json'), 'utf8')));

/** Of every episode that has come to its end: its manifest, word for word. */
async function endedManifests(run: string): Promise<Map<string, string>> {
  const files = await readdir(join(run, 'episodes'), { recursive: true }).catch((): string[] => []);
  const ended = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith('manifest.json'))) {
    const text = await readFile(join(run, 'episodes', file), 'utf8');
    if (JSON.parse(text).status !== 'running') ended.set(file, text);
  }
  return ended;
}

async function chains(run: string, game: string, policy: string): Promise<Record<string, unknown>> {
  const folder = join(run, 'episodes', game, policy);
  const found: Record<string, unknown> = {};
  for (const seed of await readdir(folder)) found[seed] = (await readManifest(join(folder, seed))).result?.chain;
  return found;
}

describe('an evaluation that is killed', { timeout: 600_000 }, () => {
  it('goes on after ten kills to the table of an undisturbed one, and plays no finished episode again', async () => {
    const folder = await scratchFolder();
    const asked = [
      ...[
        'eval',
        '-g',
        'carracing',
        '-g',
        'spaceinvaders',
        '-p',
        'random',
        '-p',
        'expert',
        '--seeds',
        '100000..100005',
      ],
      ...['--max-decisions', '12', '--parallel', '2', '--processes', '2', '--quiet'],
    ];
    const undisturbed = join(folder, 'undisturbed');
    const killed = join(folder, 'killed');
    // What the set-up does first is no part of the time in which to kill.
    await agent(['--version']);
    const started = performance.now();
    expect((await agent([...asked, '--out', undisturbed])).exitCode).toBe(0);
    const whole = performance.now() - started;

    const random = createRandom(9, 'kills');
    const ended = new Map<string, string>();
    let interrupted = 0;
    for (let kill = 0; kill < 10; kill++) {
      const running = agent([...asked, '--out', killed]);
      const death = sleep(random.next() * whole).then(() => running.kill('SIGKILL'));
      const { signal } = await running;
      await death;
      if (signal === 'SIGKILL') interrupted++;
      for (const [file, text] of await endedManifests(killed)) {
        expect(ended.get(file) ?? text).toBe(text);
        ended.set(file, text);
      }
    }
    expect(interrupted).toBeGreaterThan(0);
    const last = await agent([...asked, '--out', killed, '--json']);
    expect(last.exitCode).toBe(0);
    expect(JSON.parse(last.stdout)).toMatchObject({ complete: true });
    for (const [file, text] of ended) expect(await readFile(join(killed, 'episodes', file), 'utf8')).toBe(text);
    expect(await readFile(join(killed, 'results.json'), 'utf8')).toBe(
      await readFile(join(undisturbed, 'results.json'), 'utf8'),
    );
    expect((await readResults(killed)).rows.map(({ episodes, missing }) => [episodes, missing])).toEqual(
      Array.from({ length: 4 }, () => [6, 0]),
    );
    const { starts } = JSON.parse(await readFile(join(killed, 'evaluation.json'), 'utf8'));
    expect(starts.length).toBeGreaterThan(1);
  });
});

describe('agent eval', { timeout: 240_000 }, () => {
  it('gives a model the same episodes whatever plays beside them', async () => {
    const folder = await scratchFolder();
    const model = await tinyCheckpoint();
    onTestFinished(() => rm(model, { recursive: true }));
    const play = (run: string, ...more: string[]) =>
      agent([
        ...['eval', '-g', 'carracing', '-p', `tiny=pae-lamm:${model}`, '--seeds', '100000..100004'],
        ...['--max-decisions', '15', '--quiet', '--out', join(folder, run), ...more],
      ]);
    expect((await play('alone', '--parallel', '1', '--processes', '1')).exitCode).toBe(0);
    expect((await play('together', '--parallel', '5', '--processes', '2')).exitCode).toBe(0);
    expect((await play('uneven', '--parallel', '3', '--processes', '1')).exitCode).toBe(0);
    const alone = await chains(join(folder, 'alone'), 'carracing', 'tiny');
    expect(Object.keys(alone)).toHaveLength(5);
    for (const other of ['together', 'uneven']) {
      expect(await chains(join(folder, other), 'carracing', 'tiny')).toEqual(alone);
      expect(await readResults(join(folder, other))).toEqual(await readResults(join(folder, 'alone')));
    }
  });

  it('closes the records on Ctrl-C, says how to go on, takes more policies in, and makes videos', async () => {
    const run = join(await scratchFolder(), 'run');
    const table = join(run, '..', 'table.json');
    const asked = ['eval', '-g', 'carracing', '--seeds', '100000..100002', '--max-decisions', '20', '--parallel', '1'];
    const running = agent([...asked, '-p', 'random', '-o', run]);
    await eventually('an episode to end', async () => ((await endedManifests(run)).size > 0 ? true : undefined));
    running.kill('SIGINT');
    const stopped = await running;
    if (stopped.exitCode === 130) expect(stopped.stderr).toContain(`agent eval --resume ${run}`);
    else expect(stopped.exitCode).toBe(0); // it was faster than the signal

    const resumed = await agent(['eval', '--resume', run, '--json', '-q']);
    expect(resumed.exitCode).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ complete: true, rows: [{ policy: 'random', episodes: 3 }] });

    const more = await agent([...asked, '-p', 'noop', '-o', run, '--record', '--table', table, '--json', '-q']);
    expect(more.exitCode).toBe(0);
    const results = JSON.parse(more.stdout);
    expect(results.rows.map(({ policy }: { policy: string }) => policy)).toEqual(['random', 'noop']);
    expect(results.paired).toMatchObject([{ a: 'noop', b: 'random', episodes: 3 }]);
    expect(JSON.parse(await readFile(table, 'utf8'))).toEqual(await readResults(run));
    expect(results.videos.length).toBeGreaterThanOrEqual(4);
    for (const video of results.videos) expect((await stat(video)).size).toBeGreaterThan(10_000);
  });

  it('shows failed episodes and exits with 1', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'run', 'episodes', 'carracing', 'own', '100001'), { recursive: true });
    const broken = join(folder, 'broken');
    const policy = join(folder, 'policy.mjs');
    await writeFile(
      policy,
      `import { existsSync } from 'node:fs';
      export default { name: 'own', argument: null, description: '', create: async () => ({
        id: 'own', begin: async () => {}, end: async () => {}, [Symbol.asyncDispose]: async () => {},
        act: async (situations) => situations.map(({ episode, step }) => {
          const isBroken = step === 2 && episode.endsWith('100001') && existsSync(${JSON.stringify(broken)});
          if (isBroken) throw new Error('no picture');
          return { kind: 'action', action: 3 };
        }),
      }) };`,
    );
    await writeFile(broken, '');
    const asked = [
      'eval',
      '-g',
      'carracing',
      '-p',
      `own=${policy}`,
      '-n',
      '2',
      '--max-decisions',
      '5',
      '--parallel',
      '1',
    ];
    const run = join(folder, 'good');
    const failed = await agent([...asked, '-o', run, '--json', '-q']);
    expect(failed.exitCode).toBe(1);
    expect(JSON.parse(failed.stdout).rows).toMatchObject([
      { planned: 2, episodes: 1, failed: 1, missing: 0, failures: { 100001: expect.stringContaining('no picture') } },
    ]);
    const again = await agent(['eval', '--resume', run, '--trust-files', '-q']);
    expect(again.exitCode).toBe(1);
    await rm(broken);
    // A damaged one beside it does not stop the rest, and a failed one can be played again.
    await writeFile(join(run, 'episodes', 'carracing', 'own', '100000', 'manifest.json'), '');
    const retried = await agent(['eval', '--resume', run, '--retry-failed', '--trust-files']);
    expect(retried.exitCode).toBe(0);
    expect(retried.stderr).toContain('seed 100000 is set aside: its manifest cannot be read');
    expect(retried.stderr).toContain('seed 100001 is set aside: it failed and is played again');
    expect(retried.stderr).toMatch(/2\/2 episodes.* left|2\/2 episodes.*done/);
    expect(retried.stderr).not.toContain('unknown');
    expect(await readdir(join(run, 'set-aside', 'episodes', 'carracing', 'own'))).toEqual(['100000', '100001']);
    // The interval that the progress line ends with is the table's.
    const [, low, high] = /\[(-?[\d.]+) \.\. (-?[\d.]+)\]/.exec(retried.stderr) ?? [];
    expect(retried.stdout).toContain(`${low} .. ${high}`);
    // A folder with something else in it is not taken for an evaluation.
    const taken = await agent([...asked, '-o', join(folder, 'run')]);
    expect(taken.exitCode).toBe(2);
    expect(taken.stderr).toContain('not empty');
  });

  it('refuses to put one table together from two', async () => {
    const run = join(await scratchFolder(), 'run');
    const asked = ['eval', '-g', 'carracing', '-p', 'noop', '-q', '-o', run];
    expect((await agent([...asked, '--seeds', '100000', '--max-decisions', '3'])).exitCode).toBe(0);
    const others = await agent([...asked, '--seeds', '100001', '--max-decisions', '3']);
    expect(others.exitCode).toBe(1);
    expect(others.stderr).toContain('started with: the seeds');
    const longer = await agent([...asked, '--seeds', '100000', '--max-decisions', '4']);
    expect(longer.stderr).toContain('started with: the limit of decisions');
    await writeFile(join(run, 'evaluation.json'), '{"format":1}');
    expect((await agent(['eval', '--resume', run])).stderr).toContain('damaged');
  });

  it.each([
    [['eval'], 'what shall be evaluated'],
    [['eval', '-g', 'carracing', '--seeds', '9..3'], 'no seeds to play'],
    [['eval', '-g', 'carracing', '-p', 'noop', '-p', 'noop'], 'the same name'],
    [['eval', '-g', 'carracing', '--seeds', '1..3', '-n', '9'], 'fewer seeds'],
    [['eval', '--config', 'gmaes'], 'did you mean games?'],
    [['eval', '--resume', 'no/such/run'], 'no evaluation to go on with'],
    [['eval', '--resume', 'x', '-g', 'carracing'], 'cannot be used with'],
  ])('%j is wrong usage and leaves nothing behind', async (args, message) => {
    const { exitCode, stderr } = await agent(args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(existsSync('no')).toBe(false);
  });
});
