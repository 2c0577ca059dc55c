/**
 * Plays the actions written in a file: one a line, by name, alias or index, `*N` to repeat it, `#` for comments.
 * `end: hold|noop|fallback|stop` says what follows the last one; without it, the game's fallback action.
 *
 *     gas*20       # get going
 *     left*3
 *     end: hold
 *
 * Where the actions are vectors a line is one of them: `[0, 1, 0]*20`. What follows is then `hold` or `stop`.
 */

import { parseWrittenAction, requireLength } from '../agent/game/action-vector.js';
import type { Game } from '../agent/game/game.js';
import type { Action, Answer, Policy } from '../agent/policy.js';
import { AgentError, chainHash, inWords, readText } from '../core/index.js';
import type { PolicyKind } from './registry.js';
import { simplePolicy } from './simple-policy.js';

export type ScriptEnd = 'hold' | 'noop' | 'fallback' | 'stop';

/** A script, read and checked. */
export interface Script {
  /** Actions by index, or vectors where the game names none, each with how often it is played. */
  readonly runs: readonly { readonly action: Action; readonly times: number }[];
  readonly end: ScriptEnd;
}

/** `--policy script:FILE`. */
export const scriptKind: PolicyKind = {
  name: 'script',
  argument: { name: 'FILE', isRequired: true },
  description: 'the actions written in a file, one a line',
  create: (file, { game }) => createScriptPolicy(file as string, game),
};

const ENDS: readonly ScriptEnd[] = ['hold', 'noop', 'fallback', 'stop'];
const MAX_TIMES = 1_000_000;

/** Rejects with `usage` where the file cannot be read, `illegal_action` or `config` where a line is wrong. */
export async function createScriptPolicy(file: string, game: Game): Promise<Policy> {
  const text = await readText(file).catch((error: unknown) => {
    throw new AgentError('usage', 'the script cannot be read', {
      expected: 'a text file with one action a line',
      got: inWords(error),
      where: file,
      next: 'check the path after script:',
      cause: error,
    });
  });
  const script = parseScript(text, game, file);
  return simplePolicy({
    id: `script:${file}`,
    provenance: {
      script_hash: chainHash('', text),
      script_decisions: script.runs.reduce((sum, run) => sum + run.times, 0),
    },
    createPlayer: ({ env }) => {
      for (const { action } of script.runs) requireLength(action, env);
      return playScript(script, game);
    },
  });
}

function playScript({ runs, end }: Script, game: Game): () => Answer {
  const actions = unroll(runs);
  const last = runs.at(-1)?.action as Action;
  const after: Record<ScriptEnd, Answer> = {
    hold: { kind: 'action', action: last },
    noop: { kind: 'action', action: game.noop ?? game.answers.fallback },
    fallback: { kind: 'action', action: game.answers.fallback },
    stop: { kind: 'stop', reason: 'the script is over' },
  };
  return () => {
    const { value, done } = actions.next();
    return done ? after[end] : { kind: 'action', action: value };
  };
}

function* unroll(runs: Script['runs']): Generator<Action, undefined> {
  for (const { action, times } of runs) for (let i = 0; i < times; i++) yield action;
}

/** Reads a script; `file` names it in errors, which name the line. */
export function parseScript(text: string, game: Game, file: string): Script {
  const runs: { action: Action; times: number }[] = [];
  let end: ScriptEnd | undefined;
  text.split(/\r?\n/).forEach((whole, index) => {
    const line = whole.replace(/#.*$/, '').trim();
    const where = `${file}:${index + 1}`;
    if (line === '') return;
    if (end !== undefined) throw wrong('nothing can follow `end:`', line, where);
    const ending = /^end\s*:\s*(.*)$/.exec(line);
    if (ending) end = parseEnd(ending[1] as string, game, where);
    else runs.push(parseRun(line, game, where));
  });
  // Without named actions there is no fallback among them.
  if (runs.length > 0) return { runs, end: end ?? (game.actions.length > 0 ? 'fallback' : 'hold') };
  throw wrong('a script has one action or more', 'none', file);
}

function parseRun(line: string, game: Game, where: string): { action: Action; times: number } {
  const [name = '', times = '1', ...more] = line.split('*');
  const count = Number(times);
  if (more.length > 0 || !/^\s*\d+\s*$/.test(times) || count < 1 || count > MAX_TIMES) {
    throw wrong(`ACTION*N, N from 1 to ${MAX_TIMES}`, line, where);
  }
  return { action: parseWrittenAction(name, game, where), times: count };
}

function parseEnd(given: string, game: Game, where: string): ScriptEnd {
  const end = ENDS.find((one) => one === given);
  if (end === undefined) throw wrong(`end: ${ENDS.join(', ')}`, given || 'nothing', where);
  if (end === 'noop' && game.noop === null)
    throw wrong(`another end: ${game.name} has no action that does nothing`, given, where);
  if (end === 'fallback' && game.actions.length === 0)
    throw wrong(`another end: ${game.name} has no action to fall back on`, given, where);
  return end;
}

function wrong(expected: string, got: string, where: string): AgentError {
  return new AgentError('config', 'the script is wrong', {
    expected,
    got,
    where,
    next: 'correct this line; see docs/players.md',
  });
}
