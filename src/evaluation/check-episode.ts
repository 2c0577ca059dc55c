/**
 * Whether an episode in an evaluation's folder is what the table takes it for. A folder may have been copied, edited,
 * cut short by a full disk or made up; its score counts only where its own lines add up to it.
 */

import { lstatSync } from 'node:fs';
import { type EpisodeRecord, type Manifest, openRecord } from '../record/index.js';
import { checkRecord } from '../replay/index.js';
import { inOneLine } from './error-line.js';
import { gameHash } from './game-hash.js';
import type { EvaluationEntry, EvaluationFile } from './schema.js';

/** What an episode of an entry must be. */
export interface ExpectedEpisode {
  readonly entry: EvaluationEntry;
  readonly seed: number;
  readonly file: Pick<EvaluationFile, 'max_decisions' | 'plain'>;
}

/** What was found: a record that may be counted as its manifest says, or a reason why it may not. */
export type EpisodeCheck =
  | { readonly manifest: Manifest; readonly trouble: null }
  | { readonly manifest: Manifest | null; readonly trouble: string };

/** Reads the whole record where it says that it came to an end. Never rejects: what is wrong becomes a sentence. */
export async function checkEpisode(folder: string, expected: ExpectedEpisode): Promise<EpisodeCheck> {
  if (!isRealFolder(folder)) return { manifest: null, trouble: 'it is no folder but a link or a file' };
  let record: EpisodeRecord;
  try {
    record = await openRecord(folder);
  } catch (error) {
    return { manifest: null, trouble: `its manifest cannot be read: ${inOneLine(error)}` };
  }
  return { manifest: record.manifest, trouble: await recordTrouble(record, expected) };
}

/** Why a record whose manifest could be read may not count; null where it may. Never rejects. */
export async function recordTrouble(record: EpisodeRecord, expected: ExpectedEpisode): Promise<string | null> {
  return anotherEpisode(record.manifest, expected) ?? (await contradiction(record));
}

/** What of the manifest is not this entry's and seed's; null where all is. */
function anotherEpisode({ game, policy, seed, arguments: args }: Manifest, expected: ExpectedEpisode): string | null {
  const { entry, file } = expected;
  const facts: [what: string, expected: unknown, got: unknown][] = [
    ['seed', expected.seed, seed],
    ['game', entry.game, game.name],
    ["the game's rules", entry.game_sha256, gameHash(game.config)],
    ['limit of decisions', file.max_decisions, args.resolved.maxSteps ?? null],
    ['clock', entry.clock ?? null, args.resolved.clock ?? null],
    ['plain emulator', file.plain, args.resolved.plain ?? false],
    ...(entry.policy_id === undefined ? [] : [['policy', entry.policy_id, policy.id] as [string, unknown, unknown]]),
    ...Object.entries(entry.provenance ?? {}).map(([name, value]): [string, unknown, unknown] => [
      `the policy's ${name}`,
      value,
      policy.provenance[name] ?? null,
    ]),
  ];
  const other = facts.find(([, was, is]) => was !== is);
  return other ? `it is of another evaluation: ${other[0]} is ${other[2]}, not ${other[1]}` : null;
}

/** What the lines say against the manifest; null where they agree, and of an episode that came to no result. */
async function contradiction(record: EpisodeRecord): Promise<string | null> {
  const { status, result } = record.manifest;
  const isWhole = status === 'finished' || status === 'stopped';
  if (result === null) return isWhole ? `its manifest says ${status} and has no result` : null;
  const isOver = result.terminated || result.truncated;
  if (isWhole && isOver !== (status === 'finished'))
    return `its manifest says ${status}, its result that the game was ${isOver ? '' : 'not '}over`;
  try {
    const { difference } = await checkRecord(record);
    if (difference === null) return null;
    const { step, field, expected, got } = difference;
    const where = step === null ? 'the manifest' : `step ${step}`;
    return `it contradicts itself: ${field} of ${where} is ${expected}, its lines come to ${got}`;
  } catch (error) {
    return `its steps cannot be read: ${inOneLine(error)}`;
  }
}

function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
