/** Ways in which an answer is none, or is one in spite of how it looks. */
import type { Provider } from '../../../../src/players/http/client/service-settings.js';
import type { Misbehaviour } from './misbehaviour.js';
import { chat, KEY, sendJson, WELL } from './services.js';

type Expected = Omit<Misbehaviour, 'name' | 'answer'>;

const says = (name: string, body: unknown, expected: Expected): Misbehaviour => ({
  name,
  answer: (response) => sendJson(response, body),
  ...expected,
});

/** A message of chat completions. */
const message = (name: string, fields: object, becomes: Misbehaviour['becomes'], more: object = {}): Misbehaviour =>
  says(name, chat(fields), { becomes, ...more });
const left = { text: 'left' };

const CONTENT: readonly Misbehaviour[] = [
  says('no choice', chat({}, {}, { choices: [] }), { becomes: 'no-content', isUncounted: true }),
  says('choices that are null', chat({}, {}, { choices: null }), { becomes: 'malformed' }),
  says('choices that are missing', { id: 'a', usage: null }, { becomes: 'malformed' }),
  says('a choice that is a word', chat({}, {}, { choices: ['left'] }), { becomes: 'malformed' }),
  says('a choice without a message', chat({}, {}, { choices: [{ index: 0, text: 'left' }] }), { becomes: 'malformed' }),
  message('content that is null', { content: null }, 'no-content'),
  message('content that is missing', {}, 'no-content'),
  message('content that is empty', { content: '' }, 'no-content'),
  message('content of blanks', { content: ' \n\t' }, 'no-content'),
  message('content that is a number', { content: 3 }, 'malformed'),
  message('content that is an object', { content: { action: 'left' } }, 'malformed'),
  message(
    'a call of a tool',
    { content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'left', arguments: '{}' } }] },
    'no-content',
  ),
  message('a refusal', { content: null, refusal: 'I cannot press left.' }, 'refusal', { says: 'I cannot press left.' }),
  {
    ...message('a refusal', { content: null, refusal: 'I cannot.' }, 'refusal', { says: 'I cannot.' }),
    provider: 'openai',
  },
  message('a refusal that is false', { content: 'left', refusal: false }, left),
  says('a content filter', chat({ content: 'le' }, { finish_reason: 'content_filter' }), { becomes: 'content-filter' }),
  says('an answer cut off', chat({ content: 'left' }, { finish_reason: 'length' }), {
    becomes: 'cut-off',
    says: 'left',
  }),
  says('an answer that ended in an error', chat({ content: 'left' }, { finish_reason: 'error' }), {
    becomes: 'server-error',
  }),
  says('no reason of its end', chat({ content: 'left' }, { finish_reason: null }), { becomes: left }),
  says('a reason that nobody knows', chat({ content: 'left' }, { finish_reason: 'eos_token' }), { becomes: left }),
  says('an end that is a number', chat({ content: 'left' }, { finish_reason: 3 }), { becomes: 'malformed' }),
];

const REASONING: readonly Misbehaviour[] = [
  message('thought in tags', { content: '<think>right?\nno</think>\n\nleft' }, left, { reasoning: 'right?\nno' }),
  message('thought in tags that do not end', { content: '<think>right, or left' }, 'no-content', {
    reasoning: 'right, or left',
  }),
  message('thought whose tag began in the template', { content: 'right? no</think>left' }, left, {
    reasoning: 'right? no',
  }),
  message('thought in [THINK]', { content: '[THINK]right?[/THINK]left' }, left, { reasoning: 'right?' }),
  message('thought and nothing else', { content: '<think>right</think>' }, 'no-content', { reasoning: 'right' }),
  message('thought in reasoning_content', { content: 'left', reasoning_content: 'right?' }, left, {
    reasoning: 'right?',
  }),
  message('thought in reasoning', { content: 'left', reasoning: `right? ${KEY}` }, left, { reasoning: 'right? [key]' }),
  says(
    'thought until the tokens were used up',
    chat({ content: null, reasoning_content: 'right' }, { finish_reason: 'length' }),
    { becomes: 'cut-off', reasoning: 'right' },
  ),
  message(
    'JSON that quotes a tag',
    { content: '{"thought":"</think>","action":"left"}' },
    { text: '{"thought":"</think>","action":"left"}' },
  ),
];

const TEXT: readonly Misbehaviour[] = [
  message('half a surrogate pair', { content: 'left\u{d83d}' }, { text: 'left\u{fffd}' }),
  message('right to left', { content: '\u{202e}left\u{202c}' }, { text: '\u{202e}left\u{202c}' }),
  message('emoji', { content: '⬅️ left 👩‍🚀' }, { text: '⬅️ left 👩‍🚀' }),
  message('a NUL', { content: 'left\u{0}' }, { text: 'left\u{0}' }),
  message('the key in the answer', { content: `left ${KEY}` }, { text: 'left [key]' }),
  message('the key in base64', { content: Buffer.from(KEY).toString('base64') }, { text: '[key]=' }),
  says('the key as the model’s name', chat({ content: 'left' }, {}, { model: KEY }), { becomes: left }),
  says('the key as the reason of the end', chat({ content: 'left' }, { finish_reason: KEY }), { becomes: left }),
  says(
    'duplicate keys',
    JSON.stringify(chat({ content: 'left' })).replace('"content":', '"content":"right","content":'),
    { becomes: left },
  ),
  says('__proto__', JSON.stringify(chat({ content: 'left' })).replace('"id":', '"__proto__":{"toString":1},"id":'), {
    becomes: 'malformed',
  }),
];

const counts = (name: string, usage: unknown): Misbehaviour =>
  says(`tokens: ${name}`, chat({ content: 'left' }, {}, { usage }), { becomes: left, isUncounted: true });

const COUNTS: readonly Misbehaviour[] = [
  counts('null', null),
  counts('a word', 'many'),
  counts('an array', [1, 2]),
  counts('nothing', {}),
  counts('words', { prompt_tokens: '120', completion_tokens: '7' }),
  counts('negative', { prompt_tokens: 120, completion_tokens: -7 }),
  counts('a half', { prompt_tokens: 120.5, completion_tokens: 7 }),
  counts('beyond all numbers', { prompt_tokens: 1e300, completion_tokens: 7 }),
  counts('more than any model takes', { prompt_tokens: 2 ** 53 - 1, completion_tokens: 7 }),
  says(
    'tokens: nested without an end',
    JSON.stringify(chat({ content: 'left' }, {}, { usage: 0 })).replace(
      '"usage":0',
      `"usage":{"prompt_tokens":120,"completion_tokens":7,"a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    ),
    { becomes: left, isUncounted: true },
  ),
  counts('details that are negative', {
    prompt_tokens: 120,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: -1 },
  }),
];

const from = (provider: Provider, name: string, fields: object, expected: Expected): Misbehaviour => ({
  ...says(name, { ...(WELL[provider]('left') as object), ...fields }, expected),
  provider,
});
const candidate = (parts: readonly object[], finishReason = 'STOP') => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
});

const PROVIDERS: readonly Misbehaviour[] = [
  from('anthropic', 'a refusal', { stop_reason: 'refusal' }, { becomes: 'refusal' }),
  from('anthropic', 'cut off', { stop_reason: 'max_tokens' }, { becomes: 'cut-off' }),
  from('anthropic', 'no content', { content: [] }, { becomes: 'no-content' }),
  from('anthropic', 'content that is null', { content: null }, { becomes: 'malformed' }),
  from('anthropic', 'no tokens', { usage: undefined }, { becomes: left, isUncounted: true }),
  from(
    'anthropic',
    'thought',
    {
      content: [
        { type: 'thinking', thinking: 'right?', signature: 'a' },
        { type: 'text', text: 'left' },
      ],
    },
    { becomes: left, reasoning: 'right?' },
  ),
  from(
    'anthropic',
    'an error for an answer',
    { type: 'error', error: { type: 'api_error', message: 'died' } },
    { becomes: 'server-error' },
  ),
  from(
    'google',
    'a prompt that is blocked',
    { candidates: undefined, promptFeedback: { blockReason: 'SAFETY' } },
    { becomes: 'content-filter' },
  ),
  from('google', 'an answer that is filtered', candidate([], 'SAFETY'), { becomes: 'content-filter' }),
  from('google', 'cut off', candidate([{ text: 'le' }], 'MAX_TOKENS'), { becomes: 'cut-off' }),
  from('google', 'no candidate', { candidates: [] }, { becomes: 'no-content' }),
  from('google', 'thought', candidate([{ text: 'right?', thought: true }, { text: 'left' }]), {
    becomes: left,
    reasoning: 'right?',
  }),
  from('google', 'negative tokens', { usageMetadata: { promptTokenCount: -1 } }, { becomes: left, isUncounted: true }),
  from('openai', 'no choice', { choices: [] }, { becomes: 'no-content', isUncounted: true }),
];

export const MISBEHAVING_ANSWERS: readonly Misbehaviour[] = [
  ...CONTENT,
  ...REASONING,
  ...TEXT,
  ...COUNTS,
  ...PROVIDERS,
];
