import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PLAY,
  listGames,
  parseGame,
  parsePlay,
  playInWords,
  playOf,
  withPlay,
} from '../../../src/agent/index.js';
import { isAgentError } from '../../../src/core/index.js';
import { carracing, spaceinvaders } from '../support/games.js';

/** The error's code, and what it says was expected, came and is next. */
function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isAgentError(error)) return JSON.stringify(error.toEnvelope());
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('--play', () => {
  it('reads every setting', () => {
    const words = 'think=64,history=2,samples=5,retry=reason,names=hidden,answers=written,hold=4,plan=8'.split(',');
    expect(parsePlay([...words, 'demonstrations=3:runs/demos:of today'])).toEqual({
      think: { tokens: 64 },
      history: 2,
      samples: 5,
      retry: 'reason',
      names: 'hidden',
      answers: 'written',
      hold: 4,
      plan: 8,
      demonstrations: { count: 3, from: 'runs/demos:of today' },
    });
    expect(parsePlay(['think=off', 'demonstrations=off'])).toEqual({ think: null, demonstrations: null });
    expect(parsePlay([])).toEqual({});
  });

  it('says what a setting takes', () => {
    expect(errorOf(() => parsePlay(['histroy=2']))).toMatch(/did you mean history/);
    expect(errorOf(() => parsePlay(['history']))).toMatch(/history=DECISIONS/);
    expect(errorOf(() => parsePlay(['history=-1']))).toMatch(/history=DECISIONS/);
    expect(errorOf(() => parsePlay(['think=']))).toMatch(/think=TOKENS/);
    expect(errorOf(() => parsePlay(['samples=1.5']))).toMatch(/samples=ANSWERS/);
    expect(errorOf(() => parsePlay(['demonstrations=runs/demos']))).toMatch(/COUNT:FOLDER/);
    expect(errorOf(() => parsePlay(['hold=2', 'hold=3']))).toMatch(/said twice/);
    expect(errorOf(() => parsePlay(['toString=2']))).toMatch(/KEY=VALUE/);
  });
});

describe('settings of a game', () => {
  it('come from the command line, then the endpoint, then the game, then the default', () => {
    const game = { ...carracing, play: { history: 1, hold: 2, samples: 3 } };
    const played = withPlay(game, { hold: 4, samples: 5 }, { samples: 7 });
    expect(played.play).toEqual({ history: 1, samples: 7, hold: 4 });
    expect(playOf(played)).toEqual({ ...DEFAULT_PLAY, history: 1, samples: 7, hold: 4 });
  });

  it('leave a game as it was where they are the default', () => {
    expect(JSON.stringify(withPlay(carracing, { history: 0 }, { think: null }))).toBe(JSON.stringify(carracing));
    expect('play' in withPlay({ ...carracing, play: { hold: 3 } }, { hold: 1 })).toBe(false);
    for (const game of listGames()) expect('play' in game).toBe(false);
  });

  it('take the sights out of what is asked, and give them back to who says so later', () => {
    const plain = withPlay(spaceinvaders, { sights: 'off' });
    expect(plain).toMatchObject({ sights: [], play: { sights: 'off' } });
    expect(spaceinvaders.sights).not.toEqual([]);
    expect(withPlay(spaceinvaders, { sights: 'off' }, { sights: 'asked' })).toEqual(spaceinvaders);
    expect(withPlay(plain)).toEqual(plain);
  });

  it('stand in the YAML of a game', () => {
    const yaml = readFileSync('configs/games/carracing.yaml', 'utf8');
    const game = parseGame(`${yaml}\nplay: { think: { tokens: 32 }, hold: 1, retry: reason }\n`, 'carracing.yaml');
    expect(game.play).toEqual({ think: { tokens: 32 }, retry: 'reason' });
    const wrong = errorOf(() => parseGame(`${yaml}\nplay: { histroy: 3 }\n`, 'carracing.yaml'));
    expect(wrong).toMatch(/play\.histroy/);
    expect(wrong).toMatch(/history/);
  });

  it('are refused where they do not go together', () => {
    expect(errorOf(() => withPlay(carracing, { plan: 4 }, { samples: 3 }))).toMatch(/plan=4 and samples=3/);
    expect(errorOf(() => withPlay(carracing, { plan: 4, hold: 2 }))).toMatch(/plan=4 and hold=2/);
  });

  it('are explained in the manual, with their defaults', () => {
    const manual = readFileSync('docs/ways-of-playing.md', 'utf8');
    const rows = [...manual.matchAll(/^\| `([a-z]+)` \| `?([a-z0-9]+)`? \|/gm)].map(([, name, value]) => [name, value]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(DEFAULT_PLAY).map(([name, value]) => [name, String(value)])),
    );
  });

  it('are written as --play takes them', () => {
    const words = ['think=64', 'history=2', 'demonstrations=3:runs/demos', 'names=hidden'];
    expect(playInWords(parsePlay(words))).toBe(words.join(' '));
    expect(playInWords({ hold: 1 })).toBe('');
    expect(playInWords()).toBe('');
  });
});
