/**
 * Reads an answer that may list several actions: `left, left, fire`, a line for each, or a JSON list. Every part must
 * be an action's name, alias or number and nothing else; an answer that is no such list is read as one of a single
 * action.
 */
import type { GameSight } from '../game/game.js';
import { splitSighted } from '../sighted-answer.js';
import type { NamedAction } from './action-lexicon.js';
import { parseAction } from './parse-action.js';
import type { ParseResult } from './parse-result.js';
import { withoutThoughts } from './thoughts.js';

/** An answer that was read. */
export interface PlanResult {
  /** Of the first action, or of the only one. */
  readonly parse: ParseResult;
  /** The actions after the first, in order; empty where one was named. */
  readonly planned: readonly number[];
}

/** A longer text is no list of actions. */
const MAX_LENGTH = 20_000;
/** `Actions:`, and what models write in front of the lines of a list. */
const HEADING = /^\s*(?:\**\s*(?:actions?|answer|plan|moves?|list)\s*\**\s*[:=]\s*\**)\s*/iu;
const BULLET = /^\s*(?:[-*•]\s+|\d{1,4}[.)]\s+)/u;

/** As `parseAction`; of a list the first `most` actions count. With `most` 1 there are no lists. */
export function parsePlan(
  raw: string,
  actions: readonly NamedAction[],
  sights: readonly GameSight[],
  most: number,
): PlanResult {
  const listed = most > 1 && raw.length <= MAX_LENGTH ? readList(raw, actions, sights) : null;
  if (listed === null) return { parse: parseAction(raw, actions, sights), planned: [] };
  const [first, ...planned] = listed.actions as [number, ...number[]];
  return {
    parse: { ok: true, action: first, form: 'list', ...(listed.sights ? { sights: listed.sights } : {}) },
    planned: planned.slice(0, most - 1),
  };
}

/** Null where the answer is no list of two actions or more. */
function readList(
  raw: string,
  actions: readonly NamedAction[],
  sights: readonly GameSight[],
): { readonly actions: readonly number[]; readonly sights: readonly number[] | undefined } | null {
  const { rest, sights: seen } = splitSighted({ sights }, withoutThoughts(raw).text);
  for (const parts of [inJson(rest), inWords(rest)]) {
    if (parts === null || parts.length < 2) continue;
    const read = parts.map((part) => parseAction(part, actions));
    if (read.every((one) => one.ok && (one.form === 'exact' || one.form === 'index'))) {
      return { actions: read.flatMap((one) => (one.ok ? [one.action] : [])), sights: seen };
    }
  }
  return null;
}

/** The only list of names or numbers in the text. */
function inJson(text: string): string[] | null {
  const lists = text.match(/\[[^[\]{}]*\]/gu) ?? [];
  if (lists.length !== 1) return null;
  try {
    const list: unknown = JSON.parse(lists[0] as string);
    const isList = Array.isArray(list) && list.every((one) => typeof one === 'string' || typeof one === 'number');
    return isList ? list.map(String) : null;
  } catch {
    return null;
  }
}

/** Parts by lines, or by commas where it is one line; what follows the last `Action:` where there is one. */
function inWords(text: string): string[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const marked = lines.findLastIndex((line) => HEADING.test(line));
  const own = lines.slice(Math.max(0, marked)).map((line) => line.replace(HEADING, '').replace(BULLET, ''));
  const parts = own.flatMap((line) => line.split(/[,;]/u)).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
