import { describe, expect, it } from 'vitest';
import { buildPrompt, type Game, listGames, promptText } from '../../../src/agent/index.js';
import { frame } from '../support/fake-environment.js';
import { carracing, spaceinvaders } from '../support/games.js';

const tiny: Game = {
  ...carracing,
  actions: [
    { name: 'stay', aliases: [], description: 'do nothing' },
    { name: 'go', aliases: ['run'], description: 'go on' },
    { name: 'jump', aliases: [], description: 'jump {high}' },
  ],
  prompt: { ...carracing.prompt, instructions: 'You run.' },
};

const golden = `You run.

Actions:
- stay: do nothing
- go: go on
- jump: jump {high}

Answer with the name of one action and nothing else: stay, go or jump.

Frame 1 of 2: <image>
Frame 2 of 2: <image>
Action:`;

describe('promptText', () => {
  it('puts the pieces together', () => {
    expect(promptText(tiny, 2, 0)).toBe(golden);
  });

  it('adds a reminder from the second attempt on', () => {
    const again = `${golden}\nThat was no action. Answer with exactly one of: stay, go or jump.\nAction:`;
    expect(promptText(tiny, 2, 1)).toBe(again);
    expect(promptText(tiny, 2, 2)).toBe(again);
  });

  it("follows the game's own pieces", () => {
    const prompt = {
      ...tiny.prompt,
      template: '{frames}\n{answer}\n{instructions}\n{actions}',
      frame: '<image>',
      action: '{index}={name}',
      answer: 'One of {names}!',
    };
    expect(promptText({ ...tiny, prompt }, 2, 0)).toBe(
      '<image>\n<image>\nOne of stay, go or jump!\nYou run.\n0=stay\n1=go\n2=jump',
    );
  });

  it('does not look for braces in what it filled in', () => {
    const prompt = { ...tiny.prompt, instructions: 'literally {frames} and $& and {constructor}' };
    expect(promptText({ ...tiny, prompt }, 1, 0)).toContain('literally {frames} and $& and {constructor}');
  });

  it('has a constant part before the first frame', () => {
    const prefix = (attempt: number, count: number) => promptText(carracing, count, attempt).split('<image>')[0];
    expect(prefix(1, 2)).toBe(prefix(0, 2));
  });
});

describe('buildPrompt', () => {
  it('shows one picture a frame, oldest first, the same objects as in the situation', () => {
    const frames = [frame(1), frame(2), frame(3), frame(4)];
    const { text, segments, frames: shown } = buildPrompt(spaceinvaders, { frames, attempt: 0 });
    expect(shown).toBe(frames);
    expect(segments.flatMap((segment) => (segment.kind === 'image' ? [segment.frame] : []))).toEqual(frames);
    const rejoined = segments.map((segment) => (segment.kind === 'image' ? '<image>' : segment.text)).join('');
    expect(rejoined).toBe(text);
    expect(segments.every((segment) => segment.kind === 'image' || segment.text !== '')).toBe(true);
  });

  it('names every action of every shipped game, and what the game is about', () => {
    for (const game of listGames()) {
      const { text } = buildPrompt(game, { frames: Array.from({ length: game.frames }, () => frame(0)), attempt: 0 });
      for (const { name, description } of game.actions) expect(text).toContain(`- ${name}: ${description}`);
      expect(text).toContain('Goal:');
      expect(text.match(/<image>/g)).toHaveLength(game.frames);
    }
  });

  it('refuses to show what is no picture', () => {
    expect(() => buildPrompt(tiny, { frames: [], attempt: 0 })).toThrow(/observation: render/);
  });

  it('refuses an image marker that came in with an action', () => {
    const actions = [{ name: 'go', aliases: [], description: 'see <image>' }];
    expect(() => buildPrompt({ ...tiny, actions }, { frames: [frame(0)], attempt: 0 })).toThrow(/image marker/);
  });
});
