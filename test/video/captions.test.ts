import { describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import type { Frame } from '../../src/core/index.js';
import { recordedGame } from '../../src/record/game-facts.js';
import { type CaptionFacts, captionWriter, sightText } from '../../src/video/captions.js';

const facts = (name: string, provenance: CaptionFacts['policy']['provenance'] = {}): CaptionFacts => ({
  game: recordedGame(loadGame(name)),
  policy: { id: 'someone', provenance },
  seed: 7,
  env: { actionNames: null } as CaptionFacts['env'],
});
const spaceInvaders = captionWriter(facts('spaceinvaders'));
const told = (raw: string | null) => ({
  ...{ step: 5, executed: 3, answered: 3, reward: 10, raw, fallback: null, attempts: 1 },
});

describe('a caption', () => {
  it('tells the action by its name and what the answer says was seen', () => {
    expect(spaceInvaders(told('[80,95,0]left'), 30)).toEqual({
      game: 'Space Invaders',
      policy: 'someone',
      seed: 7,
      step: 5,
      action: 'left',
      answer: '"[80,95,0]left"',
      trouble: null,
      reward: 10,
      score: 30,
      actions: ['noop', 'fire', 'right', 'left', 'right+fire', 'left+fire'],
      executed: 3,
      scores: null,
      view: [],
      sights: [
        { name: 'cannon', marks: 'column', number: 80 },
        { name: 'stand', marks: 'column', number: 95 },
        { name: 'bomb', marks: 'column', number: 0 },
      ],
    });
  });

  it.each([null, '', 'left', '[80,95]left', '[a,b,c]left'])('has no numbers from an answer like %j', (raw) => {
    expect(spaceInvaders(told(raw), 0).sights.map(({ number }) => number)).toEqual([null, null, null]);
  });

  it('says in words where something is seen, that nothing is, and that nothing was said', () => {
    const words = (raw: string) => spaceInvaders(told(raw), 0).sights.map(sightText);
    expect(words('[80,95,0]left')).toEqual(['column 80', 'column 95', 'no bomb']);
    expect(words('left')).toEqual(['–', '–', '–']);
    expect(sightText({ name: 'lives', number: 0 })).toBe('0');
  });

  it('keeps a place for each sight before the first decision, so that all pictures are of one size', () => {
    expect(spaceInvaders(null, 0)).toMatchObject({ step: 0, action: null, reward: null, sights: [{}, {}, {}] });
  });

  it('has no sights in a game that asks for none', () => {
    const write = captionWriter(facts('carracing'));
    expect(write(told('[80,95,0]left'), 0).sights).toEqual([]);
  });

  it('does not mark numbers of which the record does not say what they are', () => {
    const { name, config } = facts('spaceinvaders').game;
    const older = { name, config: { ...config, sights: [{ name: 'cannon', description: 'its column' }] } };
    const write = captionWriter({ ...facts('spaceinvaders'), game: older });
    expect(write(told('[80]left'), 0).sights).toEqual([{ name: 'cannon', number: 80 }]);
  });

  it('shows line breaks and quotation marks of an answer as they came', () => {
    expect(spaceInvaders(told('a "b"\nc'), 0).answer).toBe('"a \\"b\\"\\nc"');
  });

  it('names the action of a policy that answers without text', () => {
    expect(spaceInvaders({ ...told(null), answered: 1 }, 0).answer).toBe('fire');
  });

  it('says when the action is not the answer', () => {
    const caption = spaceInvaders({ ...told('hm'), answered: null, executed: 0, fallback: 'no_match', attempts: 2 }, 0);
    expect(caption).toMatchObject({ action: 'noop', answer: '"hm"', trouble: expect.stringContaining('no_match') });
    expect(spaceInvaders({ ...told('left'), attempts: 2 }, 0).trouble).toBe('asked 2 times');
    expect(spaceInvaders({ ...told(null), answered: null, fallback: 'timeout' }, 0).answer).toBe('none');
  });

  it('lists no actions where they are vectors', () => {
    const own = { ...facts('carracing'), game: { name: 'own', config: {} } };
    const caption = captionWriter(own)({ ...told(null), executed: [0.5, -1], answered: [0.5, -1] }, 0);
    expect(caption).toMatchObject({ game: 'own', actions: [], executed: null, scores: null, action: '0.50 -1.00' });
  });
});

describe('scores', () => {
  const scores = [Math.log(0.5), Math.log(0.25), Math.log(0.25), Number.NEGATIVE_INFINITY, -1000];
  const shown = (given: number[], provenance = {}) =>
    captionWriter(facts('carracing', provenance))({ ...told('gas'), scores: given }, 0).scores;

  it('are shown as chances, whatever was added to all of them', () => {
    for (const shift of [0, -3, 500]) {
      const { kind, numbers } = shown(scores.map((score) => score + shift)) as NonNullable<ReturnType<typeof shown>>;
      expect(kind).toBe('chances');
      [0.5, 0.25, 0.25, 0, 0].forEach((chance, index) => {
        expect(numbers[index]).toBeCloseTo(chance, 9);
      });
    }
  });

  it('of DQN are expected returns and no chances', () => {
    expect(shown([1, 2, 3, 4, 5], { algorithm: 'qrdqn' })).toEqual({ kind: 'values', numbers: [1, 2, 3, 4, 5] });
  });

  it.each([
    ['too few', [1, 2]],
    ['all minus infinity', Array(5).fill(Number.NEGATIVE_INFINITY)],
    ['not numbers', Array(5).fill(Number.NaN)],
  ])('that are %s are left out', (_what, given) => {
    expect(shown(given)).toBeNull();
  });
});

describe('what the policy was given', () => {
  const frame = (value: number): Frame => ({ dtype: 'uint8', shape: [1, 1, 1], data: Uint8Array.of(value) });

  it('stands beside the decision that was made from it, in three colours', () => {
    const write = captionWriter(facts('carracing'), (observation) => [observation as Frame]);
    const greys = [write(null, 0, frame(1)), write(told('gas'), 0, frame(2)), write(told('gas'), 0, frame(3))].map(
      ({ view }) => view.map(({ data }) => [...data]),
    );
    expect(greys).toEqual([[[1, 1, 1]], [[1, 1, 1]], [[2, 2, 2]]]);
  });
});
