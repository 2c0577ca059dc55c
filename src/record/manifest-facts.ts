/** What the fields of a manifest must be, given the lines: counters, latencies, status, and what it says twice. */
import { type AnswerCounters, countRejection, newCounters } from '../agent/index.js';
import type { AnswerFacts, WrongField } from './line-facts.js';
import { percentiles } from './percentiles.js';
import type { Manifest, StepLine } from './schema.js';
import type { Tally } from './tally.js';

const REASONS: ReadonlySet<string> = new Set(['empty', 'no-match', 'illegal', 'ambiguous', 'error', 'timeout']);

/** What the lines add up to beside the tally. */
export class LineSums {
  readonly counters: AnswerCounters = newCounters();
  readonly #policyMs: number[] = [];
  readonly #emulatorMs: number[] = [];

  add({ parse, fallback, attempts, rejected, policyMs, emulatorMs }: StepLine): void {
    this.#policyMs.push(policyMs);
    this.#emulatorMs.push(emulatorMs);
    this.counters.decisions++;
    if (parse?.ok) this.counters.parsed++;
    if (fallback !== null) this.counters.fallbacks++;
    // With the fallback every attempt was rejected; else all but the last, and each was followed by another.
    this.counters.retries += attempts - 1;
    for (const { reason } of rejected) {
      if (REASONS.has(reason)) countRejection(this.counters, reason as Parameters<typeof countRejection>[1]);
    }
  }

  get timing(): NonNullable<Manifest['result']>['timing'] {
    const policy = percentiles(this.#policyMs);
    const emulator = percentiles(this.#emulatorMs);
    return policy && emulator && { policy, emulator };
  }
}

/** The first field of the manifest that the lines, or its other fields, contradict; null where none does. */
export function wrongManifestField(
  manifest: Manifest,
  tally: Tally | undefined,
  sums: LineSums,
  facts: AnswerFacts | null,
): WrongField | null {
  const { result } = manifest;
  const wrong = (field: string, expected: unknown, got: unknown): WrongField => ({ field, expected, got });
  for (const [field, expected, got] of saidTwice(manifest)) {
    if (expected !== got) return wrong(field, expected, got);
  }
  for (const name of ['decisions', 'score', 'terminated', 'truncated', 'chain'] as const) {
    if (result && tally && result[name] !== tally[name]) return wrong(`result.${name}`, result[name], tally[name]);
  }
  const status = wrongStatus(manifest, tally);
  if (status || result === null) return status;
  if (JSON.stringify(result.timing) !== JSON.stringify(sums.timing)) {
    return wrong('result.timing', result.timing, sums.timing);
  }
  return wrongCounter(manifest, sums, facts);
}

function saidTwice({ game, policy, seed, arguments: { resolved } }: Manifest): [string, unknown, unknown][] {
  return [
    ['game.name', game.name, game.config.name ?? game.name],
    ['game.name', game.name, resolved.game ?? game.name],
    ['policy.id', policy.id, resolved.policy ?? policy.id],
    ['seed', seed, resolved.seed ?? seed],
  ];
}

function wrongStatus(manifest: Manifest, tally: Tally | undefined): WrongField | null {
  const { status, error, finished, result } = manifest;
  const isOver = tally !== undefined && (tally.terminated || tally.truncated);
  const isRunning = status === 'running';
  const facts: [field: string, says: unknown, must: unknown][] = [
    ['finished', finished === null ? 'null' : 'a time', isRunning ? 'null' : 'a time'],
    ['result', result === null ? 'null' : 'a result', isRunning || tally === undefined ? 'null' : 'a result'],
    ...(status === 'finished' || status === 'stopped' || isRunning
      ? [['error', error === null ? 'null' : 'an error', 'null'] satisfies [string, unknown, unknown]]
      : []),
    ...(status === 'failed' && error === null
      ? [['error', 'null', 'an error'] satisfies [string, unknown, unknown]]
      : []),
  ];
  const wrong = facts.find(([, says, must]) => says !== must);
  if (wrong) return { field: wrong[0], expected: wrong[1], got: wrong[2] };
  if (status === 'finished' && !isOver)
    return { field: 'status', expected: status, got: 'a last step that ends nothing' };
  if ((status === 'stopped' || status === 'cancelled') && isOver) {
    return { field: 'status', expected: status, got: 'a last step that ends the episode' };
  }
  return null;
}

/** An episode that was broken off in a decision has counted answers of it that stand in no line. */
function wrongCounter(manifest: Manifest, { counters }: LineSums, facts: AnswerFacts | null): WrongField | null {
  const {
    status,
    result,
    arguments: { resolved },
  } = manifest;
  const isWhole = status === 'finished' || (status === 'stopped' && resolved.maxSteps === counters.decisions);
  const beyond = isWhole ? 0 : facts ? facts.answers.retries + 1 : Number.POSITIVE_INFINITY;
  for (const [name, counted] of Object.entries(counters)) {
    const says = result?.counters[name];
    if (says === undefined || (says >= counted && says <= counted + beyond)) continue;
    return { field: `result.counters.${name}`, expected: says, got: counted };
  }
  return null;
}
