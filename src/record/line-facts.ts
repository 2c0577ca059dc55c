/**
 * What the fields of a line must be, given its other fields and the game in the record: what was parsed follows from
 * the answer, what was executed from what was parsed, the attempts from what was rejected.
 */
import { z } from 'zod';
import { type GameSight, parsePlan } from '../agent/index.js';
import type { Manifest, StepLine } from './schema.js';

const rulesSchema = z.object({
  actions: z.array(z.object({ name: z.string(), aliases: z.array(z.string()).default([]) })).min(1),
  sights: z.array(z.object({ name: z.string(), description: z.string().default('') })).default([]),
  noop: z.int().nonnegative().nullish(),
  play: z.object({ plan: z.int().positive().default(1) }).default({ plan: 1 }),
  answers: z.object({ retries: z.int().nonnegative(), fallback: z.int().nonnegative() }),
});

/** The rules of the game that decide what becomes of an answer. */
export interface AnswerFacts {
  readonly actions: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  readonly sights: readonly GameSight[];
  readonly noop?: number | null | undefined;
  readonly play: { readonly plan: number };
  readonly answers: { readonly retries: number; readonly fallback: number };
}

/** Null where the record does not tell them. */
export function answerFacts({ game }: Pick<Manifest, 'game'>): AnswerFacts | null {
  return rulesSchema.safeParse(game.config).data ?? null;
}

/** A field that says something else than it must. */
export interface WrongField {
  readonly field: string;
  /** What the record says. */
  readonly expected: unknown;
  /** What its other fields come to. */
  readonly got: unknown;
}

/** The first field that contradicts the others, whatever the parser makes of the answer; null where none does. */
export function wrongField(line: StepLine, facts: AnswerFacts | null): WrongField | null {
  const { raw, parse, answered, executed, fallback, origin, attempts, rejected } = line;
  const last = rejected.at(-1);
  const lastParse = last && 'found' in last ? { ok: false, reason: last.reason, found: last.found } : null;
  const isFallback = fallback !== null;
  const pairs: [field: string, says: unknown, must: unknown][] =
    origin !== undefined
      ? [
          ['attempts', attempts, 0],
          ['rejected', rejected.length, 0],
          ['raw', raw, null],
          ['parse', parse, null],
          ['answered', answered, null],
          ['fallback', fallback, null],
          ...(origin === 'waiting' && facts && typeof facts.noop === 'number'
            ? [['executed', executed, facts.noop] satisfies [string, unknown, unknown]]
            : []),
        ]
      : isFallback
        ? [
            ['fallback', fallback, last?.reason ?? null],
            ['answered', answered, null],
            ['raw', raw, last && 'raw' in last ? last.raw : null],
            ['parse', parse, lastParse],
            ['attempts', attempts, rejected.length],
            ...(facts ? [['executed', executed, facts.answers.fallback] satisfies [string, unknown, unknown]] : []),
          ]
        : [
            ['attempts', attempts, rejected.length + 1],
            ['parse', parse === null, raw === null],
            ['parse', parse?.ok ?? true, true],
            ['answered', answered, parse?.ok ? parse.action : executed],
            ['executed', executed, answered],
          ];
  if (facts && typeof executed === 'number' && executed >= facts.actions.length) {
    pairs.push(['executed', executed, `one of ${facts.actions.length} actions`]);
  }
  // An error may be waited for beyond the retries.
  const most = facts && facts.answers.retries + 1 + rejected.filter((answer) => 'error' in answer).length;
  if (most !== null && attempts > most) pairs.push(['attempts', attempts, `at most ${most}`]);
  const wrong = pairs.find(([, says, must]) => JSON.stringify(says) !== JSON.stringify(must));
  return wrong ? { field: wrong[0], expected: wrong[1], got: wrong[2] } : null;
}

/** Where today's parser reads an answer of the line otherwise than the line says; null where it does not. */
export function otherReading({ raw, parse, rejected }: StepLine, facts: AnswerFacts): WrongField | null {
  for (const [index, answer] of rejected.entries()) {
    if (!('found' in answer)) continue;
    const read = readAgain(answer.raw, facts);
    const says = { ok: false, reason: answer.reason, found: answer.found };
    if (differs(read, says)) return { field: `rejected[${index}]`, expected: says, got: read };
  }
  if (raw === null || parse === null) return null;
  const read = readAgain(raw, facts);
  return differs(read, parse) ? { field: 'parse', expected: parse, got: read } : null;
}

function readAgain(raw: string, { actions, sights, play }: AnswerFacts): StepLine['parse'] {
  const { parse } = parsePlan(raw, actions, sights, play.plan);
  if (parse.ok) return { ok: true, action: parse.action, form: parse.form };
  return { ok: false, reason: parse.reason, found: [...parse.found] };
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
