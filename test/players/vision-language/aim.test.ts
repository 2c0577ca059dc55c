import { describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import type { VisionLanguageModel } from '../../../src/model/index.js';
import { Tokenizer } from '../../../src/model/text/index.js';
import { aimedActions, aimedTemplate, lastWord } from '../../../src/players/vision-language/aim.js';
import { rename } from '../../../src/training/play/varied-game.js';

const car = loadGame('carracing');
const tokenizer = await Tokenizer.load('models/pae-lamm-objects');
const model = { tokenizer } as unknown as VisionLanguageModel;

describe('aims', () => {
  it('are the last words of descriptions, one token each', () => {
    expect(car.actions.map(({ description }) => lastWord(description))).toEqual([
      ...['brake', 'right', 'left', 'accelerate', 'down'],
    ]);
    const { aims } = aimedActions(model, car) as NonNullable<ReturnType<typeof aimedActions>>;
    expect(aims.map((aim) => tokenizer.decode([aim]))).toEqual([' brake', ' right', ' left', ' accelerate', ' down']);
  });

  it('stay where names change, and names are read as their lines have them', () => {
    const { game } = rename(car, ['left', 'gas', 'geta', 'schneller', 'x']);
    expect(aimedActions(model, game)?.aims).toEqual(aimedActions(model, car)?.aims);
    expect(aimedActions(model, game)?.names[2]).toEqual(tokenizer.encode(' geta'));
  });

  it('are none where two descriptions end alike, or a word is no token of its own', () => {
    const told = (description: string) => ({
      actions: [...car.actions.slice(1), { name: 'n', aliases: [], description }],
    });
    expect(aimedActions(model, told('steer to the left') as never)).toBeUndefined();
    expect(aimedActions(model, told('a word such as zgtrqv') as never)).toBeUndefined();
    expect(aimedTemplate(model, loadGame('spaceinvaders'))).toBeUndefined();
  });

  it('are chosen first, and names are scored by what tells them apart, the end where one begins another', () => {
    const { game } = rename(car, ['left', 'left turn', 'geta', 'sun', 'bo']);
    const { parts, endings } = aimedTemplate(model, game) as NonNullable<ReturnType<typeof aimedTemplate>>;
    expect(parts).toEqual([{ kind: 'choice', among: aimedActions(model, game)?.aims }]);
    const [end] = tokenizer.endTokens as [number];
    const [short, long] = endings as [number[], number[]];
    expect(short).toEqual([...tokenizer.encode(' left'), end]);
    expect(long).toEqual(tokenizer.encode(' left turn').slice(0, 2));
    expect(new Set(endings.map((tokens) => tokens.join())).size).toBe(5);
    expect(endings[2]).toHaveLength(1);
  });
});
