/** What the fields of a manifest must be, given the lines: counters, latencies, status, and what it says twice. */
import { REQUEST_COUNTERS, type Spent } from '../agent/index.js';
import { LineCounts } from './line-counts.js';
import type { AnswerFacts, WrongField } from './line-facts.js';
import { percentiles } from './percentiles.js';
import type { Manifest, StepLine } from './schema.js';
import type { Tally } from './tally.js';

/** What the lines add up to beside the tally. */
export class LineSums {
  readonly counts = new LineCounts();
  readonly #policyMs: number[] = [];
  readonly #emulatorMs: number[] = [];

  add(line: StepLine): void {
    this.#policyMs.push(line.policyMs);
    this.#emulatorMs.push(line.emulatorMs);
    this.counts.add(line);
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
  return wrongCounter(manifest, sums.counts, facts) ?? wrongSpent(manifest, sums.counts);
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

/** What errors of a service add to: it may be waited for beyond the retries, and asks again by itself. */
const UNLIMITED: ReadonlySet<string> = new Set([
  ...['retries', 'modelErrors', 'timeouts'],
  ...REQUEST_COUNTERS.map(([, counter]) => counter),
]);

/** An episode that was broken off in a decision has counted answers of it that stand in no line. */
function isWhole(
  { status, arguments: { resolved } }: Manifest,
  { endsWaiting, counters: { decisions } }: LineCounts,
): boolean {
  if (endsWaiting) return false;
  return status === 'finished' || (status === 'stopped' && resolved.maxSteps === decisions);
}

function wrongCounter(manifest: Manifest, counts: LineCounts, facts: AnswerFacts | null): WrongField | null {
  const { result } = manifest;
  const { counters } = counts;
  const inOneDecision = facts ? facts.answers.retries + 1 : Number.POSITIVE_INFINITY;
  for (const [name, counted] of Object.entries(counters)) {
    const says = result?.counters[name];
    const mayBeMore = UNLIMITED.has(name) ? Number.POSITIVE_INFINITY : inOneDecision;
    const beyond = isWhole(manifest, counts) ? 0 : mayBeMore;
    if (says === undefined || (says >= counted && says <= counted + beyond)) continue;
    return { field: `result.counters.${name}`, expected: says, got: counted };
  }
  return null;
}

function wrongSpent(manifest: Manifest, counts: LineCounts): WrongField | null {
  // Earlier formats had tokens in their lines and no sum of them.
  if (manifest.format < 3) return null;
  const { spent } = counts;
  const whole = isWhole(manifest, counts);
  const says = manifest.result?.spent ?? null;
  const wrong = (field: string, expected: unknown, got: unknown): WrongField => ({ field, expected, got });
  if (spent === null && (says === null || !whole)) return null;
  if (says === null || spent === null) return wrong('result.spent', says, spent);
  for (const name of Object.keys(spent) as (keyof Spent)[]) {
    const [said, counted] = [says[name], spent[name]];
    const isMore = !whole && (said === null || (counted !== null && said >= counted));
    if (said !== counted && !isMore) return wrong(`result.spent.${name}`, said, counted);
  }
  return null;
}
