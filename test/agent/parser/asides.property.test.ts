/**
 * Whatever stands around an answer that is no answer changes nothing: thoughts, quotations, rejections, other
 * languages, markdown. And what stands only in such a place is never executed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainParse, type Game, parseAction } from '../../../src/agent/index.js';
import { carracing, spaceinvaders } from '../support/games.js';

type Wrap = (text: string) => string;

/** Thoughts as families mark them. */
const THOUGHTS: readonly Wrap[] = [
  (text) => `<think>${text}</think>`,
  (text) => `<think>\n${text}\n</think>\n\n`,
  (text) => `<thinking>${text}</thinking>`,
  (text) => `<reasoning>\n${text}\n</reasoning>\n`,
  (text) => `<seed:think>${text}</seed:think>`,
  (text) => `[THINK]${text}[/THINK]`,
  (text) => `◁think▷${text}◁/think▷`,
  (text) => `<|begin_of_thought|>${text}<|end_of_thought|>`,
  (text) => `<unused94>thought\n${text}<unused95>`,
  (text) => `<|START_THINKING|>${text}<|END_THINKING|>`,
  (text) => `<|inner_prefix|>${text}<|inner_suffix|>`,
  (text) => `<|channel>thought\n${text}<channel|>`,
];

/** Thoughts whose opening mark was in the prompt, or whose answer has a mark of its own: nothing stands before them. */
const LEADING_THOUGHTS: readonly Wrap[] = [
  (text) => `${text}</think>`,
  (text) => `${text}\n</think>\n\n`,
  (text) => `${text}[/THINK]`,
  (text) => `${text}◁/think▷`,
  (text) => `${text}<|END_THINKING|><|START_RESPONSE|>`,
  (text) => `<|channel|>analysis<|message|>${text}<|end|><|start|>assistant<|channel|>final<|message|>`,
  (text) => `analysisWe see. ${text}assistantfinal`,
  (text) => `Here is my thought process: ${text}\nHere is my response: `,
  (text) => `Thinking...\n${text}\n...done thinking.\n\n`,
];

/** Thoughts that were never finished. */
const UNFINISHED: readonly Wrap[] = [
  (text) => `<think>${text}`,
  (text) => `<|channel|>analysis<|message|>${text}`,
  (text) => `[THINK]${text}[/THINK]<think>${text}`,
  (text) => `<|START_THINKING|>${text}`,
  (text) => `◁think▷${text}`,
  (text) => `${text}<think>${text}`,
];

/** Ways to speak of an answer without giving it. */
const SPOKEN_OF: readonly Wrap[] = [
  (text) => `I will not answer ${text}`,
  (text) => `The instructions say "${text}".`,
  (text) => `Thought: ${text} would be an example.`,
  (text) => `Example: ${text}`,
  (text) => `For example ${text}`,
  (text) => `~~${text}~~`,
  (text) => `<!-- ${text} -->`,
  (text) => `Should I answer ${text}?`,
  (text) => `The wrong answer is: ${text}`,
  (text) => `Rejected action: ${text}`,
  (text) => `If the road were free: ${text}`,
  (text) => `You told me: ${text}`,
  (text) => `<previous_action>${text}</previous_action>`,
  (text) => `❌ ${text}`,
  (text) => JSON.stringify({ thought: text }),
  (text) => JSON.stringify({ rejected: { action: text } }),
  (text) => `\`\`\`thinking\n${text}\n\`\`\``,
];

/** Answers in form. */
const ANSWERS: readonly Wrap[] = [
  (name) => name,
  (name) => `**${name}**`,
  (name) => `"${name}"`,
  (name) => `Action: ${name}`,
  (name) => `**Action:** ${name}`,
  (name) => `Answer: "${name}"`,
  (name) => `Final answer: ${name}`,
  (name) => `<answer>${name}</answer>`,
  (name) => `\\boxed{${name}}`,
  (name) => JSON.stringify({ action: name }),
  (name) => `\`\`\`json\n${JSON.stringify({ action: name })}\n\`\`\``,
  (name) => `<tool_call>${JSON.stringify({ name: 'act', arguments: { action: name } })}</tool_call>`,
];

const LANGUAGES = [
  'Die Straße ist frei.',
  'La route est libre.',
  'El camino está libre.',
  'Дорога свободна.',
  '道路畅通。',
  '道は空いている。',
  'الطريق خال.',
  '🏁🚗',
];

const MARKDOWN: readonly Wrap[] = [
  (text) => text,
  (text) => `# Drive\n\n${text}`,
  (text) => `---\n\n${text}\n\n---`,
  (text) => `\n\n${text}\n`,
];

const game = fc.constantFrom(carracing, spaceinvaders);
const pick = (wraps: readonly Wrap[]) => fc.constantFrom(...wraps);

/** Two different actions of a game. */
const twoActions = game.chain((of) =>
  fc
    .tuple(fc.nat(of.actions.length - 1), fc.nat(of.actions.length - 1))
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ of, given: a, other: b })),
);

const nameOf = (of: Game, action: number) => of.actions[action]?.name ?? '';

describe('what stands around an answer', () => {
  it('changes nothing where it is a thought, of any family and any length', () => {
    const cases = fc.tuple(
      twoActions,
      pick(ANSWERS),
      pick(ANSWERS),
      fc.oneof(pick(THOUGHTS), pick(LEADING_THOUGHTS)),
      fc.constantFrom(1, 3, 2000),
    );
    fc.assert(
      fc.property(cases, ([{ of, given, other }, answer, thought, think, times]) => {
        const rambling = `${thought(nameOf(of, other))}\n`.repeat(times);
        const raw = think(rambling) + answer(nameOf(of, given));
        expect(parseAction(raw, of.actions, of.sights)).toMatchObject({ ok: true, action: given });
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing where a thought stands behind', () => {
    const cases = fc.tuple(twoActions, pick(ANSWERS), pick(ANSWERS), pick(THOUGHTS));
    fc.assert(
      fc.property(cases, ([{ of, given, other }, answer, thought, think]) => {
        const raw = answer(nameOf(of, given)) + think(thought(nameOf(of, other)));
        expect(parseAction(raw, of.actions, of.sights)).toMatchObject({ ok: true, action: given });
      }),
    );
  });

  it('changes nothing where it is another language or markdown', () => {
    const cases = fc.tuple(twoActions, pick(ANSWERS), fc.constantFrom(...LANGUAGES), pick(MARKDOWN));
    fc.assert(
      fc.property(cases, ([{ of, given }, answer, sentence, format]) => {
        const raw = format(`${sentence}\n\n${answer(nameOf(of, given))}`);
        expect(parseAction(raw, of.actions, of.sights)).toMatchObject({ ok: true, action: given });
      }),
    );
  });

  it('changes no marked answer where it is a citation of another', () => {
    const cites: readonly Wrap[] = [
      (text) => `> ${text.replaceAll('\n', '\n> ')}\n\n`,
      (text) => `Thought: ${text}\n`,
      (text) => `~~${text}~~\n`,
      (text) => `<!-- ${text} -->\n`,
    ];
    const inOneLine = ANSWERS.filter((wrap) => !wrap('x').includes('\n'));
    const cases = fc.tuple(twoActions, pick(ANSWERS), pick(inOneLine), pick(cites));
    fc.assert(
      fc.property(cases, ([{ of, given, other }, answer, cited, cite]) => {
        // A line of JSON or a tag ends a headed thought, and so two answers are there.
        const raw = cite(cited(nameOf(of, other))) + answer(nameOf(of, given));
        const result = parseAction(raw, of.actions, of.sights);
        if (result.ok) expect(result.action).toBe(given);
        else expect(result.reason).toBe('ambiguous');
      }),
    );
  });
});

describe('what is no answer', () => {
  it('is not executed where a thought was never finished', () => {
    fc.assert(
      fc.property(twoActions, pick(ANSWERS), pick(UNFINISHED), ({ of, given }, answer, think) => {
        expect(parseAction(think(answer(nameOf(of, given))), of.actions, of.sights)).toMatchObject({
          ok: false,
          reason: 'empty',
        });
      }),
    );
  });

  it('is not executed where it is only thought', () => {
    fc.assert(
      fc.property(twoActions, pick(ANSWERS), pick(THOUGHTS), ({ of, given }, answer, think) => {
        expect(parseAction(think(answer(nameOf(of, given))), of.actions, of.sights).ok).toBe(false);
      }),
    );
  });

  it('is not executed where it is quoted, rejected, asked or an example', () => {
    const inOneLine = ANSWERS.filter((wrap) => !/[\n"]/.test(wrap('x')));
    fc.assert(
      fc.property(twoActions, pick(inOneLine), pick(SPOKEN_OF), ({ of, given }, answer, speak) => {
        expect(parseAction(speak(answer(nameOf(of, given))), of.actions, of.sights).ok).toBe(false);
      }),
    );
  });

  it('is not executed where it is taken back', () => {
    const back = fc.constantFrom(
      (name: string) => ` Wait, actually ${name}.`,
      (name: string) => `\n\nNo, ${name}.`,
      (name: string) => `\n\nOn second thought, ${name}.`,
      (name: string) => `. Sorry, I meant ${name}.`,
      (name: string) => `\n\nHmm, ${name} is better.`,
    );
    fc.assert(
      fc.property(twoActions, pick(ANSWERS), back, ({ of, given, other }, answer, take) => {
        const raw = answer(nameOf(of, given)) + take(nameOf(of, other));
        expect(parseAction(raw, of.actions, of.sights)).toMatchObject({ ok: false, reason: 'ambiguous' });
      }),
    );
  });
});

describe('explainParse', () => {
  it('says what parseAction says, and ends with what was read', () => {
    const cases = fc.tuple(twoActions, pick(ANSWERS), pick(ANSWERS), pick(THOUGHTS));
    fc.assert(
      fc.property(cases, ([{ of, given, other }, answer, thought, think]) => {
        const raw = think(thought(nameOf(of, other))) + answer(nameOf(of, given));
        const { result, steps } = explainParse(raw, of.actions, of.sights);
        expect(result).toEqual(parseAction(raw, of.actions, of.sights));
        expect(steps[0]).toMatchObject({ what: 'left out', why: 'a thought' });
        expect(steps.at(-1)?.what).toBe('read');
        expect(steps.at(-1)?.text).toContain(nameOf(of, given));
      }),
    );
  });
});
