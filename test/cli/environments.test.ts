/**
 * Environments without a file, and games that name some of the actions, from the command line in the real emulators.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agent, readManifest, scratchFolder } from './agent-command.js';

const MODEL = 'pae-lamm:models/pae-lamm-mini';

async function executed(run: string): Promise<unknown[]> {
  const lines = (await readFile(join(run, 'steps.jsonl'), 'utf8')).trim().split('\n');
  return lines.slice(1).map((line) => JSON.parse(line).executed);
}

describe('agent play --env', { timeout: 240_000 }, () => {
  it('makes the environment as it is asked to, and says who played what', async () => {
    const run = join(await scratchFolder(), 'run');
    const how = ['--kwargs', '{"map_name": "8x8"}', '--observation', 'render', '--frame-skip', '2'];
    const { exitCode, stdout, stderr } = await agent([
      ...['play', '--env', 'FrozenLake-v1', ...how, '--max-decisions', '2', '--out', run],
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('random plays; --policy names another');
    expect(stdout).toContain('FrozenLake-v1, seed 7: random');
    const { arguments: given, env } = await readManifest(run);
    expect(given.resolved.emulator).toMatchObject({ kwargs: { map_name: '8x8' }, observation: 'render', frameSkip: 2 });
    expect(env?.observationSpace.shape).toEqual([512, 512, 3]);
  });

  it('plays vectors by a script, and the record can be played again', async () => {
    const folder = await scratchFolder();
    const script = join(folder, 'script.txt');
    await writeFile(script, '[0.5]*2\n[-1]\n');
    const run = join(folder, 'run');
    const args = ['play', '--env', 'Pendulum-v1', '--max-decisions', '4', '--out', run];
    expect((await agent([...args, '--policy', `script:${script}`])).exitCode).toBe(0);
    expect(await executed(run)).toEqual([[0.5], [0.5], [-1], [-1]]);
    expect((await agent(['replay', run])).exitCode).toBe(0);
  });

  it('plays vectors at random, others for another seed, and the record can be played again', async () => {
    const folder = await scratchFolder();
    const drawn = async (name: string, seed: string): Promise<unknown> => {
      const args = ['play', '--env', 'Pendulum-v1', '--policy', 'random', '--max-decisions', '3', '--seed', seed];
      expect((await agent([...args, '--out', join(folder, name)])).exitCode).toBe(0);
      return executed(join(folder, name));
    };
    const [first, again, other] = [await drawn('first', '3'), await drawn('again', '3'), await drawn('other', '4')];
    const torques = (first as number[][]).flat();
    expect(new Set(torques).size).toBe(3);
    expect(Math.max(...torques.map(Math.abs))).toBeLessThanOrEqual(2); // the bounds of its action space
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect((await agent(['replay', join(folder, 'first')])).exitCode).toBe(0);
  });

  it.each([
    ['observations of numbers', 'CartPole-v1', [], '--observation render'],
    ['actions without names', 'Pendulum-v1', ['--observation', 'render'], 'gives the vector of each'],
  ])('tells a model at once of %s, and writes nothing', async (_, env, how, hint) => {
    const folder = await scratchFolder();
    for (const command of ['play', 'eval']) {
      const run = join(folder, command);
      const { exitCode, stderr } = await agent([command, '--env', env, ...how, '--policy', MODEL, '--out', run]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(hint);
      expect(existsSync(run)).toBe(false);
    }
  });

  it.each([
    [['--kwargs', '{}', '--game', 'carracing'], '--env ID with --kwargs'],
    [['--env', 'CartPole-v1', '--game', 'carracing'], '--game NAME or --env ID'],
    [['--env', 'CartPole-v1', '--kwargs', '[1]'], 'expected a JSON object'],
    [['--env', 'CartPole-v1', '--kwargs', '{"a": [1e400]}'], 'a.0: expected a finite number'],
  ])('refuses %j', async (args, expected) => {
    const { exitCode, stderr } = await agent(['play', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
  });
});

describe('agent eval and collect --env', { timeout: 240_000 }, () => {
  it('an evaluation plays what play does, and goes on by the same command or with --trust-files', async () => {
    const folder = await scratchFolder();
    const run = join(folder, 'eval');
    const env = ['--env', 'Pendulum-v1', '--kwargs', '{"g": 5}', '--policy', 'random'];
    const args = ['eval', ...env, '--seeds', '7,8', '--max-decisions', '3', '--out', run];
    expect((await agent(args)).exitCode).toBe(0);
    const alone = join(folder, 'play');
    await agent(['play', ...env, '--seed', '7', '--max-decisions', '3', '--out', alone]);
    const episode = join(run, 'episodes', 'pendulum-v1', 'random', '7');
    expect((await readManifest(episode)).result?.chain).toBe((await readManifest(alone)).result?.chain);
    expect((await agent(args)).stderr).toContain('going on with');
    expect((await agent(['eval', '--resume', run])).stderr).toContain('--trust-files');
    expect((await agent(['eval', '--resume', run, '--trust-files'])).exitCode).toBe(0);
  });

  it('a dataset is of pictures', async () => {
    const folder = await scratchFolder();
    const collect = (out: string, ...how: string[]) =>
      agent([
        ...['collect', '--env', 'FrozenLake-v1', '--policy', 'random', '--episodes', '1', '--max-decisions', '2'],
        ...['--out', join(folder, out), ...how],
      ]);
    expect((await collect('native')).stderr).toContain('--observation render');
    expect(existsSync(join(folder, 'native'))).toBe(false);
    expect((await collect('render', '--observation', 'render')).exitCode).toBe(0);
  });
});

describe('a game that names some of the actions', { timeout: 240_000 }, () => {
  const game = (numbers: readonly (number | undefined)[]): string =>
    [
      'name: pong\ntitle: Pong\nemulator: { env: ALE/Pong-v5, kwargs: { frameskip: 1 }, frame_skip: 4 }\nactions:',
      ...numbers.map((number, i) => {
        const own = number === undefined ? '' : `, number: ${number}`;
        return `  - { name: ${['wait', 'up', 'down'][i]}, description: move${own} }`;
      }),
      'answers: { fallback: wait }\nprompt: { instructions: Play. }\n',
    ].join('\n');

  it('is checked by making its environment, and plays the numbers it gives', async () => {
    const folder = await scratchFolder();
    const file = join(folder, 'pong.yaml');
    await writeFile(file, game([undefined, undefined, undefined]));
    const without = await agent(['games', file]);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toMatch(/6 actions, by index: 0 NOOP, 1 FIRE, 2 RIGHT.*`number`/s);
    await writeFile(file, game([0, 2, 3]));
    const { exitCode, stderr } = await agent(['games', file]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('checked: ALE/Pong-v5 was made');
    const run = join(folder, 'run');
    const args = ['play', '--game', file, '--policy', 'constant:down', '--max-decisions', '3', '--out', run];
    expect((await agent(args)).exitCode).toBe(0);
    expect(await executed(run)).toEqual([2, 2, 2]);
  });

  it('is told the line of what the emulator does not take, and what it takes', async () => {
    const folder = await scratchFolder();
    const file = join(folder, 'pong.yaml');
    const refused = async (text: string, ...command: string[]): Promise<string> => {
      await writeFile(file, text);
      const { exitCode, stderr } = await agent(command);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/next: +correct the file|next: +compare with the environment/);
      return stderr;
    };
    for (const command of [
      ['games', file],
      ['play', '--game', file, '--out', join(folder, 'run')],
    ]) {
      const number = await refused(game([0, 2, 99]), ...command);
      expect(number).toMatch(/actions\[2\]\.number: this value does not fit/);
      expect(number).toMatch(/expected: an integer from 0 to 5: 0 NOOP, 1 FIRE, 2 RIGHT/);
      expect(number).toMatch(/got: +99\n +where: +\S*pong\.yaml:7:\d+/);
    }
    const kwargs = await refused(game([0, 2, 3]).replace('frameskip: 1', 'frameskp: 1'), 'games', file);
    expect(kwargs).toMatch(/does not take these kwargs/);
    expect(kwargs).toMatch(/where: +\S*pong\.yaml:3:\d+/);
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });
});
