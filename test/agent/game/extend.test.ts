/** Games that only say in what they differ from another one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findGameOf, loadGame, parseGame } from '../../../src/agent/index.js';
import { swapNames } from '../../../src/training/play/varied-game.js';

const OWN = 'extends: carracing\nname: mine\ntitle: Mine\n';

describe('a game that extends another', () => {
  it('has its fields, and its own in their places, without the scores', () => {
    const { name, title, emulator, reference, variantOf, ...same } = loadGame('carracing-colors');
    const { name: _, title: __, emulator: base, reference: ___, ...rest } = loadGame('carracing');
    expect(same).toEqual(rest);
    expect({ name, variantOf, reference }).toEqual({ name: 'carracing-colors', variantOf: 'carracing', reference: [] });
    expect(title).not.toBe('Car Racing');
    expect(emulator).toEqual({ ...base, kwargs: { continuous: false, domain_randomize: true } });
  });

  it('with two names exchanged is the game that training draws with them', () => {
    const { actions, answers, noop } = loadGame('carracing-swapped');
    const { game } = swapNames(loadGame('carracing'), 1, 2);
    expect({ actions, answers, noop }).toEqual({ actions: game.actions, answers: game.answers, noop: game.noop });
  });

  it('takes lists as a whole', () => {
    const game = parseGame(
      `${OWN}actions: [{ name: a, description: x }, { name: b, description: y }]\nnoop: a\nanswers: { fallback: a }\n`,
      'mine.yaml',
    );
    expect(game.actions.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(game.answers).toMatchObject({ fallback: 0, retries: 1 });
  });

  it('is not what an environment is played as', () => {
    expect(findGameOf('CarRacing-v3')?.name).toBe('carracing');
  });

  it('that extends itself is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'games-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'mine.yaml'), 'extends: mine\nname: mine\n');
    expect(() => loadGame('mine', folder)).toThrow('that game extends another itself');
  });

  it.each([
    ['extends: nothing\nname: mine\n', 'there is no such game'],
    ['extends: carracing-colors\nname: mine\n', 'that game extends another itself'],
    ['extends: ../../etc/passwd\nname: mine\n', 'there is no such game'],
    ['extends: [carracing]\nname: mine\n', 'this value does not fit'],
    [`${OWN}emulator: { kwarg: {} }\n`, 'emulator.kwarg: there is no such field'],
    [`${OWN}frames: many\n`, 'frames: this value does not fit'],
    ['extends: carracing\nname: other\ntitle: Mine\n', 'a game is called as its file is'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseGame(text, 'mine.yaml')).toThrow(message);
  });
});
