import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findGameOf, listGames, loadGame, parseAction, parseGame } from '../../../src/agent/index.js';
import { type AgentError, isAgentError } from '../../../src/core/index.js';

const source = readFileSync('configs/games/carracing.yaml', 'utf8');

/** The error that the game's file gives after a change of its text. */
function errorOf(...changes: readonly (readonly [from: string, to: string])[]): AgentError {
  const text = changes.reduce((whole, [from, to]) => {
    expect(whole).toContain(from);
    return whole.replace(from, to);
  }, source);
  try {
    parseGame(text, 'games/carracing.yaml');
  } catch (error) {
    if (isAgentError(error, 'config')) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

/** Where a piece of the (changed) text stands, as errors write it. */
function place(text: string, piece: string): string {
  const before = text.slice(0, text.indexOf(piece));
  return `games/carracing.yaml:${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
}

describe('shipped games', () => {
  it('are three and three that differ from them, each with what the games themselves say', () => {
    const all = listGames();
    const [breakout, carracing, spaceinvaders] = all.filter(({ variantOf }) => variantOf === undefined);
    expect(all.filter(({ variantOf }) => variantOf !== undefined).map(({ name }) => name)).toEqual([
      'carracing-colors',
      'carracing-german',
      'carracing-swapped',
      'spaceinvaders-faint',
    ]);
    expect(breakout).toMatchObject({
      name: 'breakout',
      frames: 4,
      emulator: { env: 'ALE/Breakout-v5', maxPool: true },
    });
    expect(carracing).toMatchObject({
      name: 'carracing',
      emulator: { env: 'CarRacing-v3', kwargs: { continuous: false }, frameSkip: 4, maxPool: false, actions: null },
      frames: 2,
      noop: 0,
      answers: { fallback: 0, onError: 'fail' },
    });
    expect(carracing?.actions.map(({ name }) => name)).toEqual(['nothing', 'right', 'left', 'gas', 'brake']);
    expect(spaceinvaders).toMatchObject({
      emulator: { kwargs: { frameskip: 1, repeat_action_probability: 0.25 }, frameSkip: 4, maxPool: true },
      frames: 4,
    });
    expect(spaceinvaders?.actions.map(({ name }) => name)).toEqual([
      'noop',
      'fire',
      'right',
      'left',
      'right+fire',
      'left+fire',
    ]);
  });

  it('name every action so that no answer is unclear', () => {
    for (const { actions, seeds } of listGames()) {
      actions.forEach(({ name, aliases }, action) => {
        for (const word of [name, ...aliases]) expect(parseAction(word, actions)).toMatchObject({ ok: true, action });
      });
      expect(seeds.training.to).toBeLessThan(100_000);
      expect(seeds.evaluation.from).toBeGreaterThanOrEqual(100_000);
    }
  });

  it('are found by the environment they play', () => {
    expect(findGameOf('ALE/Breakout-v5')?.name).toBe('breakout');
    expect(findGameOf('CartPole-v1')).toBeUndefined();
  });
});

describe('finding a game', () => {
  const folder = mkdtempSync(join(tmpdir(), 'games-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('asks whether another name was meant', () => {
    expect(() => loadGame('car-racing')).toThrow(/did you mean carracing\?/);
    expect(() => loadGame('spaceinvader')).toThrow(/did you mean spaceinvaders\?/);
    expect(() => loadGame('chess')).toThrow(
      /one of breakout, carracing, carracing-colors, carracing-german, carracing-swapped, spaceinvaders/,
    );
    expect(() => loadGame('chess')).toThrow(expect.objectContaining({ code: 'unknown_game' }));
  });

  it('takes a path, and tells a missing file from an unreadable one', () => {
    const path = join(folder, 'my-game.yaml');
    writeFileSync(path, source.replace('name: carracing', 'name: my-game'));
    expect(loadGame(path).name).toBe('my-game');
    expect(() => loadGame(join(folder, 'none.yaml'))).toThrow(expect.objectContaining({ code: 'unknown_game' }));
    expect(() => loadGame(`${folder}/`)).toThrow(expect.objectContaining({ code: 'config' }));
  });

  it('wants a game to be called as its file is', () => {
    const path = join(folder, 'other.yaml');
    writeFileSync(path, source);
    expect(() => loadGame(path)).toThrow(/name: other/);
  });
});

const deep = (levels: number, inside: string): string => '['.repeat(levels) + inside + ']'.repeat(levels);

/** Seven lists, each of ten times the one before. */
const bomb = [...'abcdefg']
  .map(
    (name, i) => `&${name} [${Array.from({ length: 10 }, () => (i === 0 ? '1' : `*${'abcdefg'[i - 1]}`)).join(', ')}]`,
  )
  .join(', ');

describe('an error in a game', () => {
  it('names file, line and field, what was expected and what stands there', () => {
    const error = errorOf(['frame_skip: 4', 'frame_skip: four']);
    expect(error.summary).toBe('emulator.frame_skip: this value does not fit');
    expect(error.details).toMatchObject({
      expected: 'a number',
      got: 'four',
      where: place(source.replace('frame_skip: 4', 'frame_skip: four'), 'four'),
      next: expect.stringContaining('docs/games.md'),
    });
  });

  it('says which field was probably meant', () => {
    const error = errorOf(['frame_skip: 4', 'frame_skp: 4']);
    expect(error.summary).toContain('emulator.frame_skp: there is no such field');
    expect(error.details).toMatchObject({
      where: place(source.replace('frame_skip: 4', 'frame_skp: 4'), 'frame_skp'),
      next: 'did you mean frame_skip?',
    });
  });

  it('comes with all others of the file, in order', () => {
    const { summary } = errorOf(
      ['title: Car Racing', 'titel: Car Racing'],
      ['frames: 2', 'frames: 0'],
      ['fallback: nothing', 'fallback: gass'],
      ['overlay: below', 'overlay: left'],
    );
    const lines = summary.split('\n');
    expect(lines[0]).toBe('5 problems in games/carracing.yaml');
    expect(lines.map((line) => /\d {2}([a-z.]+):/.exec(line)?.[1]).slice(1)).toEqual([
      'title',
      'titel',
      'frames',
      'answers.fallback',
      'video.overlay',
    ]);
    expect(summary).toContain('did you mean gas?');
    expect(summary).toContain('expected at least 1; got 0');
    expect(summary).toContain('expected one of above, below, top, bottom; got left');
  });

  it.each<[string, RegExp, ...(readonly [string, string])[]]>([
    ['an alias of two actions', /actions\[4\]\.aliases\[1\]: names action 2 \(left\) already/, ['slow down', 'LEFT']],
    ['an alias that another spelling gives', /actions\[4\]\.aliases\[1\]: names action 0/, ['slow down', 'no-op']],
    ['a number as a name', /bare number/, ['slow down', '"3"']],
    ['a name of signs', /has letters/, ['slow down', '"+"']],
    ['an unknown no-op', /noop: names no action/, ['noop: nothing', 'noop: sleep']],
    [
      'training on evaluation seeds',
      /seeds\.training\[1\].*at most 99999/s,
      ['video:', 'seeds: { training: [0, 100000] }\nvideo:'],
    ],
    ['evaluation on training seeds', /at least 100000/, ['video:', 'seeds: { evaluation: [5, 200000] }\nvideo:']],
    ['a range that ends before it begins', /not above the last/, ['video:', 'seeds: { training: [9, 3] }\nvideo:']],
    ['a range of one number', /at least 2 entries/, ['video:', 'seeds: { training: [9] }\nvideo:']],
    ['max-pool of a single frame', /frame_skip of 2 or more/, ['frame_skip: 4', 'max_pool: true']],
    ['the render mode', /render_mode is set by the harness/, ['continuous: false', 'render_mode: human']],
    ['an unknown brace', /unknown in braces: \{name\}/, ['You drive', 'You drive {name},']],
    ['a picture outside the frames', /belongs into prompt\.frame alone/, ['You drive', 'You drive <image>']],
    ['a name with capitals', /small letters/, ['name: carracing', 'name: CarRacing']],
    [
      'a vector for one action only',
      /every action needs a vector of 3 numbers/,
      ['description: accelerate', 'description: accelerate\n    vector: [0, 1, 0]'],
    ],
    [
      'a number for one action only',
      /actions\[0\]: every action needs the emulator's number/,
      ['description: accelerate', 'description: accelerate\n    number: 3'],
    ],
    ['a list instead of fields', /fields with values/, [source, '[1, 2]']],
    ['an alias without an anchor', /emulator\.kwargs\.continuous: \*x names no anchor/, ['false', '*x']],
    [
      'an alias within its own anchor',
      /emulator\.kwargs\.x: \*a stands within its own anchor/,
      ['continuous: false', 'x: *a'],
      ['kwargs:', 'kwargs: &a'],
    ],
    [
      'aliases that come to endlessly many places',
      /title\[5\]\[0\]: \*e and the aliases in it come to more than 100000 places/,
      ['title: Car Racing', `title: [${bomb}]`],
    ],
    ['no actions', /actions: this value does not fit.*a list/s, ['actions:', 'actions: none\nunused:']],
    ['broken YAML', /not readable as YAML/, ['title: Car Racing', 'title: [a']],
    ['a field given twice', /not readable as YAML: Map keys must be unique/, ['frames: 2', 'frames: 2\nframes: 3']],
    ['an empty file', /fields with values/, [source, '']],
    [
      'brackets without an end',
      /^lists and fields stand too deep.*\n.*where: .*:1:\d+\n.*$/,
      [source, '['.repeat(5000)],
    ],
    ['an unending depth', /^lists and fields stand too deep/, ['continuous: false', `x: ${deep(3000, '1')}`]],
    ['a field of endless depth', /continuous\[0\].{15,40} … .{45,50}: this value/, ['false', deep(300, '.nan')]],
  ])('%s', (_, message, ...changes) => {
    expect(errorOf(...changes).message).toMatch(message);
  });

  it.each(['.nan', '1e400', '-.inf'])('says that %s is no number that JSON has', (number) => {
    const change = ['continuous: false', `continuous: [1, { deep: ${number} }]`] as const;
    const error = errorOf(change);
    expect(error.summary).toBe('emulator.kwargs.continuous[1].deep: this value does not fit');
    expect(error.details).toMatchObject({
      expected: 'a finite number',
      got: number,
      where: place(source.replace(...change), number),
    });
    expect(errorOf(['frames: 2', `frames: ${number}`]).details.expected).toBe('a finite number');
  });

  it('is at most a screenful', () => {
    const { summary } = errorOf([source, Array.from({ length: 500 }, (_, i) => `x${i}: 1\n`).join('')]);
    const lines = summary.split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toMatch(/^50\d problems/);
    expect(lines.at(-1)).toMatch(/^ {2}… and 49\d more$/);
  });

  it('comes with the others where the list of actions is wrong too', () => {
    const changes = [
      ['description: accelerate', 'descripton: accelerate'],
      ['fallback: nothing', 'fallback: up'],
      ['noop: nothing', 'noop: down'],
    ] as const;
    expect(errorOf(...changes).message).toMatch(/descripton.*noop: names no action.*fallback: names no action/s);
  });

  it('comes with the name of the file', () => {
    const error = errorOf(['name: carracing', 'name: other'], ['frames: 2', 'frames: 0']);
    expect(error.message).toMatch(/2 problems.*name: a game is called as its file is.*frames/s);
  });

  it('comes once only for a template that has no place for the frames', () => {
    const error = errorOf(['prompt:\n', 'prompt:\n  template: "{instructions}"\n']);
    expect(error.message).toContain('{frames} stands here exactly once');
  });
});

describe('what a game may leave out', () => {
  const least = `
name: tiny
title: Tiny
emulator: { env: Tiny-v0 }
actions:
  - { name: stay, description: stay, vector: [0, 0] }
  - { name: go, description: go, vector: [1, 0.5] }
answers: { fallback: stay }
prompt: { instructions: Go. }
`;

  it('has defaults', () => {
    expect(parseGame(least, 'tiny.yaml')).toMatchObject({
      emulator: { env: 'Tiny-v0', kwargs: {}, frameSkip: 1, maxPool: false, observation: 'native', color: 'rgb' },
      frames: 1,
      noop: null,
      answers: { retries: 1, fallback: 0, onError: 'fail' },
      seeds: { default: 7, training: { from: 0, to: 99_999 }, evaluation: { from: 100_000, to: 199_999 } },
      video: { fps: 30, scale: 1, overlay: 'below' },
      reference: [],
    });
  });

  it('has text beside the picture where older files asked for it over the picture', () => {
    const placed = (place: string) => parseGame(`${least}video: { overlay: ${place} }\n`, 'tiny.yaml').video.overlay;
    expect(['above', 'below', 'top', 'bottom'].map(placed)).toEqual(['above', 'below', 'above', 'below']);
  });

  it('gives the vectors of a Box action space by index', () => {
    expect(parseGame(least, 'tiny.yaml').emulator.actions).toEqual([
      [0, 0],
      [1, 0.5],
    ]);
    const uneven = least.replace('[1, 0.5]', '[1]');
    expect(() => parseGame(uneven, 'tiny.yaml')).toThrow(/actions\[1\]\.vector: every action needs a vector of 2/);
  });
});
