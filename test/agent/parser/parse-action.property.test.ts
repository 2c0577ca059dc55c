import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAction } from '../../../src/agent/index.js';
import { lexiconOf } from '../../../src/agent/parser/action-lexicon.js';
import { fold, splitWords } from '../../../src/agent/parser/words.js';
import { carracing, spaceinvaders } from '../support/games.js';

const game = fc.constantFrom(carracing, spaceinvaders);
const unicode = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.json(),
  fc
    .array(
      fc.constantFrom(
        'left',
        'right',
        'Action:',
        '{',
        '}',
        '[',
        '"',
        ' ',
        '\n',
        'not',
        '?',
        '```',
        '<think>',
        '3',
        ':',
        ',',
      ),
      {
        maxLength: 30,
      },
    )
    .map((parts) => parts.join('')),
);

/** One of the game's names or aliases, with the index of its action. */
const namedAction = game.chain(({ actions }) =>
  fc.constantFrom(
    ...actions.flatMap(({ name, aliases }, index) => [name, ...aliases].map((word) => ({ actions, index, word }))),
  ),
);

/** The word with each letter in either case. */
const anyCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter.toLowerCase())).join(''));

const wrappings: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => `  ${word}.\n`,
  (word) => `**${word}**!`,
  (word) => `"${word}"`,
  (word) => `\`${word}\``,
  (word) => JSON.stringify({ action: word }),
  (word) => JSON.stringify({ reasoning: 'the left and the right are free', action: word }),
  (word) => JSON.stringify([word]),
  (word) => `\`\`\`json\n${JSON.stringify({ action: word }, null, 2)}\n\`\`\``,
  (word) => `Here you are: ${JSON.stringify({ answer: word })}`,
  (word) => `Action: ${word}`,
  (word) => `Thought: hard to say.\nFinal answer: ${word}`,
  (word) => `<think>left? right? ${word}?</think>${word}`,
  (word) => `The picture is dark.\n\n${word}`,
  (word) => `\\boxed{${word}}`,
];

describe('parseAction', () => {
  it('never throws, and says one thing or the other, whatever the text', () => {
    fc.assert(
      fc.property(unicode, game, (raw, { actions }) => {
        const result = parseAction(raw, actions);
        if (result.ok) expect(actions[result.action]).toBeDefined();
        else
          expect(result).toMatchObject({ raw, reason: expect.stringMatching(/^(empty|no-match|illegal|ambiguous)$/) });
      }),
      { numRuns: 3000 },
    );
  });

  it('reads every name and alias in any case and wrapping', () => {
    const wrapped = namedAction.chain(({ actions, index, word }) =>
      fc
        .tuple(anyCase(word), fc.constantFrom(...wrappings))
        .map(([text, wrap]) => ({ actions, index, raw: wrap(text) })),
    );
    fc.assert(
      fc.property(wrapped, ({ actions, index, raw }) => {
        expect(parseAction(raw, actions)).toMatchObject({ ok: true, action: index });
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every index, by itself and marked', () => {
    const form = fc.constantFrom(
      (index: number) => `${index}`,
      (index: number) => `Action: ${index}`,
      (index: number) => `{"action": ${index}}`,
    );
    fc.assert(
      fc.property(game, fc.nat(40), form, ({ actions }, index, write) => {
        const expected = index < actions.length ? { ok: true, action: index } : { ok: false, reason: 'illegal' };
        expect(parseAction(write(index), actions)).toMatchObject(expected);
      }),
    );
  });

  it('finds no action in a text that names none', () => {
    const words = fc.array(fc.constantFrom('the', 'road', 'is', 'gray', 'cat', 'über', '道路', 'bends', '🚗'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(words, game, (parts, { actions }) => {
        const raw = parts.join(' ');
        expect(parseAction(raw, actions)).toEqual({
          ok: false,
          reason: raw === '' ? 'empty' : 'no-match',
          raw,
          found: [],
        });
      }),
    );
  });

  it('gives an action only where a name or a number of it stands in the text', () => {
    fc.assert(
      fc.property(unicode, game, (raw, { actions }) => {
        const result = parseAction(raw, actions);
        if (!result.ok) return;
        const folded = fold(raw);
        const isNamed = lexiconOf(actions)
          .mentions(splitWords(folded))
          .some(({ action }) => action === result.action);
        // In JSON a name can be written with escapes; the parsed JSON says it plainly.
        const isNumber = folded.includes(String(result.action));
        expect(isNamed || isNumber || folded.includes('\\u')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('chooses neither of two different actions joined by "or"', () => {
    const two = game.chain(({ actions }) =>
      fc
        .tuple(fc.nat(actions.length - 1), fc.nat(actions.length - 1))
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => ({ actions, raw: `${actions[a]?.name} or ${actions[b]?.name}` })),
    );
    fc.assert(
      fc.property(two, ({ actions, raw }) => {
        expect(parseAction(raw, actions)).toMatchObject({ ok: false, reason: 'ambiguous' });
        expect(parseAction(`Action: ${raw}`, actions)).toMatchObject({ ok: false, reason: 'ambiguous' });
      }),
    );
  });

  it('is idempotent: the name of what was read is read as the same', () => {
    fc.assert(
      fc.property(unicode, game, (raw, { actions }) => {
        const first = parseAction(raw, actions);
        expect(parseAction(raw, actions)).toEqual(first);
        if (first.ok)
          expect(parseAction(actions[first.action]?.name ?? '', actions)).toMatchObject({
            ok: true,
            action: first.action,
          });
      }),
      { numRuns: 1000 },
    );
  });
});
