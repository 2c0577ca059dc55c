/** Games that ask for numbers before the action: what their files may say, what a model is told, what is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAction, promptText, splitSighted, writeSighted } from '../../src/agent/index.js';
import { carracing, SIGHTS, sightedGame, spaceinvaders } from './support/games.js';

const game = sightedGame();
const silent = sightedGame('');
const { actions, sights } = game;
const read = (raw: string) => parseAction(raw, actions, sights);
const indexOf = (name: string) => actions.findIndex((action) => action.name === name);

describe('the file', () => {
  const changed = (from: string, to: string) => () => sightedGame(SIGHTS.replace(from, to));

  it('says names and descriptions in order; without them there are none', () => {
    expect(sights).toEqual([
      { name: 'cannon', description: 'column of your cannon' },
      { name: 'bomb', description: 'column of the lowest bomb' },
      { name: 'height', description: 'its row' },
    ]);
    expect(carracing.sights).toEqual([]);
    expect(spaceinvaders.sights.map(({ name }) => name)).toEqual(['cannon', 'stand', 'bomb']);
  });

  it('is refused where names are shared, empty or of several lines, or where there are none or too many', () => {
    expect(changed('bomb,', 'cannon,')).toThrow(/sights\[1\]\.name: names sight 0 already/);
    expect(changed('bomb,', '" ",')).toThrow(/sights\[1\]\.name/);
    expect(changed('bomb,', '"a\\nb",')).toThrow(/sights\[1\]\.name: it is one line/);
    expect(changed('its row', '<image>')).toThrow(/sights\[2\]\.description: <image> belongs/);
    expect(changed('bomb,', 'bomb, marks: corner,')).toThrow(/sights\[1\]\.marks/);
    expect(() => sightedGame('sights: []\n')).toThrow(/sights/);
    const seven = Array.from({ length: 7 }, (_, i) => `  - { name: n${i}, description: d }\n`).join('');
    expect(() => sightedGame(`sights:\n${seven}`)).toThrow(/sights/);
  });
});

describe('the prompt', () => {
  it('tells each number and shows an answer; the rest is as without them', () => {
    const text = promptText(game, 4, 0);
    const plain = promptText(silent, 4, 0);
    const names = 'noop, fire, right, left, right+fire or left+fire';
    expect(text).toBe(
      plain.replace(
        `Answer with the name of one action and nothing else: ${names}.`,
        `Answer with the numbers and the name of one action: ${names}.
- cannon: column of your cannon
- bomb: column of the lowest bomb
- height: its row
As in
[10,20,30]noop`,
      ),
    );
    expect(text).not.toBe(plain);
  });

  it("follows the game's own piece", () => {
    const own = sightedGame(SIGHTS, "answer: 'Like {example}, of {names}:{sights}!'");
    expect(promptText(own, 1, 0)).toContain('Like [10,20,30]noop, of noop, fire');
    expect(promptText(own, 1, 0)).toContain('- height: its row!');
  });
});

describe('the parser', () => {
  it.each([
    ['[80,95,0]left', [80, 95, 0], 'left'],
    [' [ 80, 95 ,0 ]  Left.', [80, 95, 0], 'left'],
    ['[80,95,0]left+fire', [80, 95, 0], 'left+fire'],
    ['Action: [80,95,0] go left', [80, 95, 0], 'left'],
    ['<think>[1,2,3]right</think>[80,95,0]left', [80, 95, 0], 'left'],
    ['{"sights": [80,95,0], "action": "left"}', [80, 95, 0], 'left'],
    ['[8,9,10]2', [8, 9, 10], 'right'],
    ['left', undefined, 'left'],
    ['[80,95]left', undefined, 'left'],
    ['[80,95,0,1]left', undefined, 'left'],
    ['["left"]', undefined, 'left'],
    ['3', undefined, 'left'],
  ])('reads %s', (raw, seen, name) => {
    const result = read(raw);
    expect(result).toMatchObject({ ok: true, action: indexOf(name) });
    expect(result.ok && result.sights).toEqual(seen);
  });

  it.each(['[3]', '[80,95,3]', '[3', ' [ 3 . ]', '［３］', '[[3]3]', 'Action: [3]', '{"action": [3]}', '[*3*]'])(
    'takes no number in brackets for an action: %s',
    (raw) => {
      expect(read(raw)).toMatchObject({ ok: false, raw });
    },
  );

  it('in JSON, as services are held to it by a schema', () => {
    const said = '{"cannon": 80, "bomb": 95, "height": 0, "action": "left"}';
    const parsed = { ok: true, action: indexOf('left'), form: 'json', sights: [80, 95, 0] };
    expect(read(said)).toEqual(parsed);
    expect(read(`\`\`\`json\n${said}\n\`\`\``)).toEqual(parsed);
    expect(read('{"action": "left", "height": 0, "Bomb": 95, "cannon": 80}')).toEqual(parsed);
    // Who forgets a number, says one twice or says no whole one has still acted.
    for (const wrong of [
      '"cannon": 80',
      '"cannon": 80, "bomb": 1, "bomb": 2, "height": 3',
      '"cannon": 8.5, "bomb": 1',
    ]) {
      const { sights: seen, ...rest } = parsed;
      expect(read(`{${wrong}, "action": "left"}`)).toEqual(rest);
    }
  });

  it('leaves brackets to games without sights', () => {
    expect(writeSighted([], 'left')).toBe('left');
    expect(parseAction('[3]', actions)).toMatchObject({ ok: true, action: 3 });
    expect(splitSighted(silent, '[80,95,0]Left')).toEqual({ sights: undefined, rest: '[80,95,0]Left' });
  });

  it('reads what it writes', () => {
    const numbers = fc.array(fc.nat(255), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(numbers, fc.nat(actions.length - 1), (seen, action) => {
        const raw = writeSighted(seen, actions[action]?.name ?? '');
        expect(read(raw)).toEqual({ ok: true, action, form: 'exact', sights: seen });
      }),
    );
  });

  it('never throws, and never takes brackets and numbers alone for an action', () => {
    const pieces = (...signs: string[]) =>
      fc.array(fc.constantFrom(...signs), { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pieces('[', ']', ',', ' ', '\n', '3', '0', '-', '.', '［'), (text) => {
        // A number behind the brackets is an index, as it is where there are none.
        expect(read(`[${text.replaceAll(']', '')}]`)).toMatchObject({ ok: false });
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), pieces('[', '80', ',', ']', 'left', ' ')),
        (text) => {
          const result = read(text);
          if (result.ok) expect(actions[result.action]).toBeDefined();
          if (result.ok && result.sights) expect(result.sights).toHaveLength(3);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
