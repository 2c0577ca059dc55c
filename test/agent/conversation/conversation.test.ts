import { describe, expect, it } from 'vitest';
import {
  buildConversation,
  buildPrompt,
  type ConversationMessage,
  type Game,
  listGames,
  type PlayChoices,
  playEpisode,
  type Situation,
  withPlay,
} from '../../../src/agent/index.js';
import { episode, options } from '../support/episodes.js';
import { frame } from '../support/fake-environment.js';
import { fakePolicy } from '../support/fake-policy.js';
import { carracing, sightedGame } from '../support/games.js';

/** Messages as text, pictures as the value of their first byte. */
function written(messages: readonly ConversationMessage[]): string[] {
  return messages.map(({ role, content }) => {
    const parts = content.map((part) => (part.kind === 'text' ? part.text : `<${part.frame.data[0]}>`));
    return `${role}: ${parts.join('')}`;
  });
}

const playing = (play: PlayChoices, game: Game = carracing): Game => withPlay(game, play);
const now = { frames: [frame(8), frame(9)], attempt: 0 };
const last = (game: Game, situation: Parameters<typeof buildConversation>[1]): string =>
  written(buildConversation(game, situation)).at(-1) as string;

describe('a conversation', () => {
  it("is the game's prompt, word by word, where nothing is said", () => {
    for (const game of [...listGames(), sightedGame()]) {
      for (const attempt of [0, 1]) {
        for (const order of ['oldest-first', 'newest-first'] as const) {
          const { segments } = buildPrompt(game, { ...now, attempt }, order);
          const refused = { raw: 'up', reason: 'illegal', found: ['up'] } as const;
          const messages = buildConversation(game, { ...now, attempt, refused }, { order });
          expect(messages).toEqual([{ role: 'user', content: segments }]);
        }
      }
    }
  });

  it('shows demonstrations, then the decisions before this one, then the question', () => {
    const game = playing({ history: 2 });
    const past: Situation['past'] = [
      { frame: frame(3), raw: 'Left!', executed: 2 },
      { frame: frame(4), raw: null, executed: 0 },
    ];
    const demonstrations = [{ frames: [frame(1), frame(2)], answer: 'gas' }];
    const messages = buildConversation(game, { ...now, past }, { demonstrations });
    const [first, ...others] = written(messages);
    expect(first).toBe(
      `user: ${written([{ role: 'user', content: buildPrompt(carracing, { frames: [frame(1), frame(2)], attempt: 0 }).segments }])[0]?.slice(6)}`,
    );
    expect(others).toEqual([
      'assistant: gas',
      'user: Those were decisions of a player who plays well. Now you play, in another episode.\n' +
        'Frame 1 of 1: <3>\nAction:',
      'assistant: Left!',
      'user: Frame 1 of 1: <4>\nAction:',
      'assistant: (no answer that could be used)',
      'user: That was no answer; "nothing" was executed instead.\nFrame 1 of 2: <8>\nFrame 2 of 2: <9>\nAction:',
    ]);
  });

  it('keeps picture markers that a model wrote out of the prompt', () => {
    const past = [{ frame: frame(3), raw: 'left <image>', executed: 2 }];
    expect(written(buildConversation(playing({ history: 1 }), { ...now, past }))[1]).toBe('assistant: left image');
    const refused = { raw: '<image>?', reason: 'no-match', found: [] } as const;
    expect(last(playing({ retry: 'reason' }), { ...now, attempt: 1, refused })).toContain('You answered:\nimage?\n');
  });

  it('says why an answer was refused', () => {
    const game = playing({ retry: 'reason' });
    const told = (refused: NonNullable<Situation['refused']>) => last(game, { ...now, attempt: 1, refused });
    expect(told({ raw: 'fly', reason: 'illegal', found: ['fly'] })).toMatch(
      /Action:\nYou answered:\nfly\nIt could not be used: the game has no action "fly"\.\nThat was no action\. .*\nAction:$/s,
    );
    expect(told({ raw: 'left or right', reason: 'ambiguous', found: ['left', 'right'] })).toContain(
      'it speaks of "left", "right" without choosing one action.',
    );
    expect(told({ raw: '', reason: 'empty', found: [] })).toContain('Your answer before this one was empty.');
    expect(told({ raw: 'x'.repeat(5000), reason: 'cut-off', found: [] }).length).toBeLessThan(3000);
    expect(last(game, { ...now, attempt: 1 })).toBe(last(carracing, { ...now, attempt: 1 }));
  });

  it('keeps the names of the actions to itself where they are hidden', () => {
    const text = last(
      playing({ names: 'hidden' }, { ...carracing, prompt: { ...carracing.prompt, instructions: 'Go.' } }),
      {
        ...now,
        attempt: 1,
      },
    );
    for (const { name } of carracing.actions) expect(text).not.toMatch(new RegExp(`\\b${name}\\b(?! else)`));
    expect(last(playing({ names: 'hidden' }, sightedGame()), now)).toContain('[10,20,30]action');
  });

  it('asks for thoughts, for a list, and tells that an action is held', () => {
    expect(last(playing({ think: { tokens: 50 } }), now)).toMatch(
      /<9>\nThink first, in at most 50 tokens\. Then write the answer on a last line that begins with Action:$/,
    );
    expect(last(playing({ plan: 3 }), now)).toMatch(
      /<9>\nAnswer with a list of up to 3 .*\["nothing","right"\]\nAction:$/s,
    );
    expect(last(playing({ hold: 4 }), now)).toMatch(
      /<9>\nThe action that you name is executed 4 times in a row\.\nAction:$/,
    );
  });

  it('has no form without a picture', () => {
    expect(() => buildConversation(carracing, { frames: [], attempt: 0 })).toThrow(/no picture/);
  });
});

describe('the loop', () => {
  const game = withPlay({ ...carracing, answers: { ...carracing.answers, retries: 1 } }, { history: 2 });

  it('tells a policy what it answered and what was executed, the fallback too', async () => {
    const policy = fakePolicy(({ step }) => ['gas', 'fly', 'left', 'gas'][step] as string);
    await playEpisode({ ...options({ length: 4 }, { policy, game }), episode: episode() });
    const past = policy.calls
      .flat()
      .map((situation) => situation.past?.map(({ frame: shown, raw, executed }) => [shown.data[0], raw, executed]));
    expect(past).toEqual([
      [],
      [[7, 'gas', 3]],
      [[7, 'gas', 3]],
      [
        [7, 'gas', 3],
        [8, null, 0],
      ],
      [
        [8, null, 0],
        [9, 'left', 2],
      ],
    ]);
  });

  it('tells a policy that is asked again what was wrong, and nothing of a past that nobody asked for', async () => {
    const policy = fakePolicy(({ attempt }) => (attempt === 0 ? 'fly up' : 'gas'));
    await playEpisode({ ...options({ length: 1 }, { policy }), episode: episode() });
    const [first, second] = policy.calls.flat();
    expect(first).not.toHaveProperty('refused');
    expect(first).not.toHaveProperty('past');
    expect(second?.refused).toMatchObject({ raw: 'fly up', reason: 'no-match' });
  });
});
