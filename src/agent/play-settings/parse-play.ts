/** `--play KEY=VALUE`, as often as there are settings to be said. */
import { AgentError } from '../../core/index.js';
import { didYouMean } from '../../core/yaml-config.js';
import type { DEFAULT_PLAY, PlayChoices } from './play-settings.js';
import { playFields } from './schema.js';

/** How each is written. */
const WRITTEN: Readonly<Record<keyof typeof DEFAULT_PLAY, string>> = {
  think: 'think=TOKENS or think=off',
  history: 'history=DECISIONS',
  demonstrations: 'demonstrations=COUNT:FOLDER or demonstrations=off',
  samples: 'samples=ANSWERS',
  retry: 'retry=reminder or retry=reason',
  sights: 'sights=asked or sights=off',
  names: 'names=shown or names=hidden',
  answers: 'answers=scored or answers=written',
  hold: 'hold=DECISIONS',
  plan: 'plan=ACTIONS',
};

/** The settings out of words such as `history=2`. Throws `usage` at the first that is none, or is said twice. */
export function parsePlay(words: readonly string[]): PlayChoices {
  const choices: Record<string, unknown> = {};
  for (const word of words) {
    const { key, value } = parseOne(word);
    if (key in choices) throw wrong(word, `${key} once`, `${key} is said twice`);
    choices[key] = value;
  }
  return choices;
}

function parseOne(word: string): { key: string; value: unknown } {
  const [, key = '', text = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(word) ?? ['', word.trim()];
  if (!Object.hasOwn(WRITTEN, key)) {
    const keys = Object.keys(WRITTEN);
    const similar = didYouMean(key, keys);
    throw wrong(word, `KEY=VALUE with one of ${keys.join(', ')}`, word, similar && `did you mean ${similar}?`);
  }
  const result = playFields.safeParse({ [key]: fieldOf(key, text) });
  if (result.success) return { key, value: result.data[key as keyof typeof result.data] };
  throw wrong(word, WRITTEN[key as keyof typeof WRITTEN], `${word} (${result.error.issues[0]?.message})`);
}

/** As the YAML would say it. */
function fieldOf(key: string, text: string): unknown {
  const number = /^\d+$/.test(text) ? Number(text) : text;
  if ((key === 'think' || key === 'demonstrations') && text === 'off') return null;
  if (key === 'think') return { tokens: number };
  if (key !== 'demonstrations') return number;
  const [, count, from] = /^(\d+):(.+)$/s.exec(text) ?? [];
  return { count: Number(count), from };
}

function wrong(where: string, expected: string, got: string, next?: string): AgentError {
  return new AgentError('usage', 'this is no way of playing', {
    expected,
    got,
    where: `--play ${where}`,
    next: next ?? 'docs/ways-of-playing.md explains each',
  });
}
