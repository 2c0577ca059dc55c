import { describe, expect, it } from 'vitest';
import {
  defaultEmulator,
  gameForEnv,
  parseAction,
  promptText,
  requireNeeds,
  requireSameActions,
} from '../../../src/agent/index.js';
import type { EnvSpec } from '../../../src/core/index.js';
import { fakeSpec } from '../support/fake-environment.js';

const spec = (changes: Partial<EnvSpec>): EnvSpec => ({ ...fakeSpec(3), ...changes });

describe('gameForEnv', () => {
  it('names the actions as the emulator does', () => {
    const game = gameForEnv(spec({ id: 'ALE/Skiing-v5', actionNames: ['NOOP', 'RIGHT', 'LEFT'] }));
    expect(game).toMatchObject({ name: 'ale-skiing-v5', noop: 0, answers: { fallback: 0 } });
    expect(game.actions.map(({ name }) => name)).toEqual(['noop', 'right', 'left']);
    expect(parseAction('Action: RIGHT', game.actions)).toMatchObject({ ok: true, action: 1 });
    expect(parseAction('action-2', game.actions)).toMatchObject({ ok: true, action: 2 });
    expect(promptText(game, 1, 0)).toContain('noop, right or left');
  });

  it.each([
    ['there are none', null],
    ['one is missing', ['a', 'b']],
    ['two are alike', ['up', 'UP', 'down']],
    ['one is a number', ['1', '2', '3']],
  ])('numbers the actions where %s', (_, actionNames) => {
    const game = gameForEnv(spec({ actionNames }));
    expect(game.actions.map(({ name }) => name)).toEqual(['action-0', 'action-1', 'action-2']);
    expect(game.noop).toBeNull();
    expect(parseAction('I choose action-2', game.actions)).toMatchObject({ ok: true, action: 2 });
    expect(parseAction('1', game.actions)).toMatchObject({ ok: true, action: 1 });
  });

  it('names as many actions as a record can hold, and refuses more at once', () => {
    const discrete = (count: number) => spec({ actionSpace: { kind: 'discrete', count, start: 0 }, actionNames: null });
    expect(gameForEnv(discrete(50_000)).actions).toHaveLength(50_000);
    const details = { expected: 'at most 50,000 actions', got: '2,000,000,000' };
    expect(() => gameForEnv(discrete(2_000_000_000))).toThrow(
      expect.objectContaining({ details: expect.objectContaining(details) }),
    );
    expect(() => gameForEnv(discrete(50_001))).toThrow(expect.objectContaining({ code: 'unsupported_env' }));
  });

  it('names no actions of an environment that takes vectors', () => {
    const box = spec({ actionSpace: { kind: 'box', shape: [3], dtype: 'float32', low: -1, high: 1 } });
    expect(gameForEnv(box)).toMatchObject({ actions: [], noop: null });
  });

  it('says what a policy needs and the environment has not', () => {
    const space = { kind: 'box', shape: [3], dtype: 'float32', low: -1, high: 1 } as const;
    const vectors = spec({ observationSpace: space });
    const steered = spec({ actionSpace: space });
    const both = ['pictures', 'named actions'] as const;
    expect(() => requireNeeds('a model', both, gameForEnv(vectors), vectors)).toThrow(/--observation render/);
    expect(() => requireNeeds('a model', both, gameForEnv(steered), steered)).toThrow(/actions with names.*vector/s);
    expect(() => requireNeeds('random', [], gameForEnv(steered), steered)).not.toThrow();
    expect(() => requireNeeds('a model', both, gameForEnv(spec({})), spec({}))).not.toThrow();
  });

  it('says which actions there are where a game names others', () => {
    const three = spec({ actionNames: ['NOOP', 'UP', 'DOWN'] });
    const two = gameForEnv(spec({ actionSpace: { kind: 'discrete', count: 2, start: 0 } }));
    expect(() => requireSameActions(two, three)).toThrow(/0 NOOP, 1 UP, 2 DOWN.*`number`/s);
    const steered = spec({ actionSpace: { kind: 'box', shape: [3], dtype: 'float32', low: -1, high: 1 } });
    expect(() => requireSameActions(two, steered)).toThrow(/its vector/);
  });

  it('enlarges small pictures for the video', () => {
    expect(gameForEnv(spec({ renderSize: { height: 210, width: 160 } })).video.scale).toBe(2);
    expect(gameForEnv(spec({ renderSize: { height: 400, width: 600 } })).video.scale).toBe(1);
  });
});

describe('defaultEmulator', () => {
  it('plays Atari four frames at a time, and all else as it is', () => {
    expect(defaultEmulator('ALE/Pong-v5')).toMatchObject({ kwargs: { frameskip: 1 }, frameSkip: 4, maxPool: true });
    expect(defaultEmulator('CartPole-v1')).toMatchObject({
      env: 'CartPole-v1',
      kwargs: {},
      frameSkip: 1,
      maxPool: false,
    });
  });
});
