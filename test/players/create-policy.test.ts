import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, fromEnvs, type Game, type Policy, playEpisode } from '../../src/agent/index.js';
import type { EnvSpec } from '../../src/core/index.js';
import { noopKind } from '../../src/players/constant.js';
import { createPolicy, createView, type PolicyKind, parseScript } from '../../src/players/index.js';
import { fakeEnvironment, fakeSpec, frame } from '../agent/support/fake-environment.js';
import { carracing } from '../agent/support/games.js';

const folder = mkdtempSync(join(tmpdir(), 'policies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const make = (spec: string, game: Game = carracing): Promise<Policy> => createPolicy(spec, { game });

/** The first answers of a policy in an episode. */
async function answers(policy: Policy, count: number, seed = 7): Promise<Answer[]> {
  await policy.begin({ episode: 'a', seed, env: fakeSpec(), game: carracing });
  const given: Answer[] = [];
  for (let step = 0; step < count; step++) {
    const situation = { episode: 'a', step, frames: [frame(0)], observation: frame(0), attempt: 0 };
    given.push(...(await policy.act([situation])));
  }
  await policy.end('a');
  return given;
}

async function drawn(actionSpace: EnvSpec['actionSpace']): Promise<number[][]> {
  const policy = await make('random');
  await policy.begin({ episode: 'a', seed: 3, env: { ...fakeSpec(), actionSpace }, game: steered });
  const situation = { episode: 'a', step: 0, frames: [], observation: frame(0), attempt: 0 };
  const given: Answer[] = [];
  for (let i = 0; i < 2000; i++) given.push(...(await policy.act([situation])));
  return actions(given) as number[][];
}

const actions = (given: readonly Answer[]) =>
  given.map((answer) => (answer.kind === 'action' ? answer.action : answer.kind));

/** A game whose environment takes vectors. */
const steered: Game = { ...carracing, name: 'steered', actions: [], noop: null };

describe('vectors where no action has a name', () => {
  const space = { kind: 'box', shape: [2], dtype: 'float32', low: -1, high: 1 } as const;
  const start = { episode: 'a', seed: 1, env: { ...fakeSpec(), actionSpace: space }, game: steered };

  it('are what scripts and constant policies are written in', async () => {
    expect(parseScript('[0.5, -1]*2\n[0,1]', steered, 'a.txt')).toEqual({
      runs: [
        { action: [0.5, -1], times: 2 },
        { action: [0, 1], times: 1 },
      ],
      end: 'hold',
    });
    const policy = await make('constant:[0.5, -1]', steered);
    expect(policy.id).toBe('constant:[0.5,-1]');
    await policy.begin(start);
    const situation = { episode: 'a', step: 0, frames: [], observation: frame(0), attempt: 0 };
    expect(await policy.act([situation])).toEqual([{ kind: 'action', action: [0.5, -1] }]);
  });

  it.each(['left', '[]', '[1,]', '[1, x]', '1', '[NaN, 0]'])('are refused as %s', (line) => {
    expect(() => parseScript(line, steered, 'a.txt')).toThrow(/vectors.*\[0\.5, 0, 1\]/s);
  });

  it('are refused in another length, before anything is played', async () => {
    const policy = await make('constant:[0]', steered);
    await expect(policy.begin(start)).rejects.toMatchObject({ code: 'illegal_action' });
  });

  it('leave no action to fall back on', () => {
    expect(() => parseScript('[0, 1]\nend: fallback', steered, 'a.txt')).toThrow(/no action to fall back on/);
    expect(() => parseScript('[0, 1]\nend: noop', steered, 'a.txt')).toThrow(/no action that does nothing/);
  });
});

describe('random', () => {
  it('draws from the seed alone, each action about as often', async () => {
    const policy = await make('random');
    const [first, again, other] = [
      await answers(policy, 1000),
      await answers(policy, 1000),
      await answers(policy, 1000, 8),
    ];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    for (let action = 0; action < 5; action++) {
      const share = actions(first).filter((one) => one === action).length / 1000;
      expect(share).toBeGreaterThan(0.15);
      expect(share).toBeLessThan(0.25);
    }
  });

  it('draws vectors within the bounds of each element, and anything where there are none', async () => {
    const box = { kind: 'box', shape: [4], dtype: 'float32', low: -Infinity, high: Infinity } as const;
    const [lows, highs] = [
      [-1, 2, 0, -Infinity],
      [1, 3, Infinity, Infinity],
    ];
    const vectors = await drawn({ ...box, lows, highs });
    vectors.forEach((vector) => {
      for (const [i, x] of vector.entries()) {
        expect(x).toBeGreaterThanOrEqual(lows[i] as number);
        expect(x).toBeLessThanOrEqual(highs[i] as number);
      }
    });
    const means = [0, 2.5, 1, 0];
    for (const [i, mean] of means.entries()) {
      expect(Math.abs(vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / 2000 - mean)).toBeLessThan(0.1);
    }
    const whole = await drawn({ kind: 'box', shape: [2], dtype: 'int64', low: 0, high: 2 });
    expect([...new Set(whole.flat())].sort()).toEqual([0, 1, 2]);
  });
});

describe('noop and constant', () => {
  it('play one action', async () => {
    expect(actions(await answers(await make('noop'), 3))).toEqual([0, 0, 0]);
    expect(actions(await answers(await make('constant:gas'), 2))).toEqual([3, 3]);
  });

  it('take a name, an alias or an index, and are called by the name', async () => {
    for (const spec of ['constant:gas', 'constant:Speed up', 'constant:3']) {
      expect((await make(spec)).id).toBe('constant:gas');
    }
  });

  it('refuse an action that the game does not have', async () => {
    await expect(make('constant:gass')).rejects.toMatchObject({
      code: 'illegal_action',
      details: { next: 'did you mean gas?' },
    });
    await expect(make('constant:5')).rejects.toMatchObject({ code: 'illegal_action' });
    await expect(make('constant:-1')).rejects.toMatchObject({ code: 'illegal_action' });
  });

  it('refuse a game without an action that does nothing', async () => {
    await expect(make('noop', { ...carracing, noop: null })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('script', () => {
  const parse = (text: string, game: Game = carracing) => parseScript(text, game, 'drive.txt');

  it('has one action a line, repeated as asked, with comments', () => {
    expect(parse('# start\ngas*20   # get going\n\n LEFT * 3\n2\nspeed up\r\nend: hold\n')).toEqual({
      runs: [
        { action: 3, times: 20 },
        { action: 2, times: 3 },
        { action: 2, times: 1 },
        { action: 3, times: 1 },
      ],
      end: 'hold',
    });
    expect(parse('gas').end).toBe('fallback');
  });

  it.each([
    ['an unknown action', 'gas\nbrak*2', 'illegal_action', 'drive.txt:2'],
    ['an index beyond the actions', '5', 'illegal_action', 'drive.txt:1'],
    ['no count', 'gas*', 'config', 'drive.txt:1'],
    ['a count of zero', 'gas*0', 'config', 'drive.txt:1'],
    ['two counts', 'gas*2*3', 'config', 'drive.txt:1'],
    ['an endless count', 'gas*1e9', 'config', 'drive.txt:1'],
    ['an unknown end', 'gas\nend: sleep', 'config', 'drive.txt:2'],
    ['an action after the end', 'gas\nend: hold\ngas', 'config', 'drive.txt:3'],
    ['nothing', '# nothing\n', 'config', 'drive.txt'],
  ])('is refused with %s, by its line', (_, text, code, where) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code, details: expect.objectContaining({ where }) }));
  });

  it('cannot end with an action that the game does not have', () => {
    expect(() => parse('gas\nend: noop', { ...carracing, noop: null })).toThrow(/does nothing/);
  });

  it.each([
    ['hold', [3, 2, 2, 2, 2]],
    ['noop', [3, 2, 0, 0, 0]],
    ['fallback', [3, 2, 4, 4, 4]],
    ['stop', [3, 2, 'stop', 'stop', 'stop']],
  ])('goes on as `end: %s` says', async (end, expected) => {
    const path = join(folder, `${end}.txt`);
    writeFileSync(path, `gas\nleft\nend: ${end}\n`);
    const game = { ...carracing, answers: { ...carracing.answers, fallback: 4 } };
    expect(actions(await answers(await make(`script:${path}`, game), 5))).toEqual(expected);
  });

  it('plays from the start in every episode, and stops it where it says so', async () => {
    const path = join(folder, 'short.txt');
    writeFileSync(path, 'gas*2\nend: stop\n');
    const policy = await make(`script:${path}`);
    for (const id of ['a', 'b']) {
      const environments = fromEnvs([fakeEnvironment({ length: 9 })]);
      const end = await playEpisode({ game: carracing, policy, environments, episode: { id, seed: 1 } });
      expect(end).toMatchObject({ status: 'stopped', steps: 2, score: 6, reason: 'the script is over' });
    }
    expect(policy.provenance).toMatchObject({
      script_decisions: 2,
      script_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('is refused where the file is missing', async () => {
    await expect(make(`script:${folder}/none.txt`)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('createPolicy', () => {
  it.each([
    ['randm', /did you mean random\?/],
    ['', /there is no policy ""/],
    ['constant', /constant needs an argument/],
    ['constant:', /constant needs an argument/],
    ['random:3', /random takes no argument/],
    ['chess', /one of random, noop, constant:ACTION, script:FILE/],
  ])('refuses %j', async (spec, message) => {
    await expect(make(spec)).rejects.toThrow(message);
    await expect(make(spec)).rejects.toMatchObject({ code: 'usage' });
  });

  it('takes kinds from the rooms above, and makes them only when asked for', async () => {
    const asked: (string | undefined)[] = [];
    const expert: PolicyKind = {
      name: 'expert',
      argument: { name: 'DIR', isRequired: false },
      description: 'a test',
      create: async (argument) => {
        asked.push(argument);
        return make('random');
      },
    };
    const kinds = [noopKind, expert];
    await createPolicy('noop', { game: carracing }, kinds);
    expect(asked).toEqual([]);
    await createPolicy('expert', { game: carracing }, kinds);
    await createPolicy('expert:models/a:b', { game: carracing }, kinds);
    expect(asked).toEqual([undefined, 'models/a:b']);
    await expect(createPolicy('exprt', { game: carracing }, kinds)).rejects.toThrow(/did you mean expert\?/);
  });

  it('says that it was asked about an episode it does not know', async () => {
    const situation = { episode: 'x', step: 0, frames: [], observation: frame(0), attempt: 0 };
    await expect((await make('noop')).act([situation])).rejects.toMatchObject({ code: 'policy_failure' });
  });
});

describe('what a policy is given', () => {
  it.each(['random', 'constant:gas', 'gone:for/good'])('is the stack of frames for %s', async (spec) => {
    const view = await createView(spec, { game: { name: 'own', frames: 2 } });
    const levels = [3, 4, 5].map((value) => view(frame(value)).map(({ data }) => data[0]));
    expect(levels).toEqual([
      [3, 3],
      [3, 4],
      [4, 5],
    ]);
  });

  it('is what its kind says, told the argument', async () => {
    const kind: PolicyKind = {
      name: 'half',
      argument: { name: 'DIR', isRequired: false },
      description: '',
      create: () => Promise.reject(new Error('not loaded for a look')),
      view: async (argument) => () => [frame(argument?.length ?? 0)],
    };
    const view = await createView('half:abc', { game: { name: 'own', frames: 2 } }, [kind]);
    expect(view(frame(9))[0]?.data[0]).toBe(3);
  });
});
