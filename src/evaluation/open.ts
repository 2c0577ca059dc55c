/** Opens an evaluation's folder, new or started before, and sees that what is asked now belongs to what is in it. */
import type { Game, Policy } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { EvaluationFolder } from './folder.js';
import { refuseForeignFiles } from './foreign-files.js';
import { gameHash } from './game-hash.js';
import type { EvaluationOptions, SettledOptions } from './options.js';
import { type EvaluationRequest, type RequestedEntry, requestOf, requestOfStarted } from './request.js';
import { requireSame } from './require-same.js';
import type { EvaluationEntry, EvaluationFile } from './schema.js';
import { formatSeeds } from './seed-ranges.js';

/** What is asked for, and the evaluation in the named folder that it goes on with, if there is one. */
export interface Asked {
  readonly request: EvaluationRequest;
  readonly existing: EvaluationFolder | undefined;
  /** What that one has been asked for so far. */
  readonly started: EvaluationRequest | undefined;
}

/** An evaluation to play: its folder, and its entries with their games. */
export interface Opened {
  readonly folder: EvaluationFolder;
  readonly request: EvaluationRequest;
  /** Those of the folder, the requested ones among them, in the order of the table. */
  readonly entries: readonly RequestedEntry[];
  readonly isResumed: boolean;
}

/** This start's circumstances, for evaluation.json. */
export type Start = EvaluationFile['starts'][number];

/** Throws `usage`, `config` and, where what is asked does not fit what was started, `record`. */
export async function askedFor(options: SettledOptions, signal: AbortSignal): Promise<Asked> {
  const existing = await existingFolder(options);
  if (existing === undefined) return { request: await requestOf(options, signal), existing, started: undefined };
  const { file, path } = existing;
  const request = options.resume === undefined ? await requestOf(options, signal) : undefined;
  const own = new Set(
    request?.entries.flatMap(({ gameGiven, spec, play }) => [gameGiven, spec, play?.demonstrations?.from]),
  );
  refuseForeignFiles(file.entries, (name) => options.trustFiles === true || own.has(name), path);
  const started = await requestOfStarted(file, path, options.openEmulators, signal);
  for (const [i, { game, gameGiven }] of started.entries.entries()) {
    requireSame(`the game ${game.name}`, file.entries[i]?.game_sha256, gameHash(game), gameGiven);
  }
  if (request === undefined) return { request: started, existing, started };
  requireSame('the shard', file.shard ?? null, request.shard ?? null, path);
  requireSame('the seeds', file.seeds, formatSeeds(request.seeds), path);
  requireSame('the limit of decisions', started.maxDecisions, request.maxDecisions, path);
  requireSame('the emulator (--plain)', started.plain, request.plain, path);
  for (const entry of request.entries) {
    const row = started.entries.find((other) => isSameRow(entry, other));
    if (row) requireSame(`the policy ${row.policy}`, row.spec, entry.spec, path);
  }
  return { request, existing, started };
}

/** Makes the folder where there is none yet. Throws `record`. */
export async function openEvaluation(
  { request, existing, started }: Asked,
  { out, given }: Pick<EvaluationOptions, 'out' | 'given'>,
  versions: Readonly<Record<string, string>>,
  start: Start,
): Promise<Opened> {
  if (existing && started) {
    requireSame('the packages', existing.file.versions, versions, existing.path);
    const added = request.entries.filter((entry) => !started.entries.some((other) => isSameRow(entry, other)));
    return { folder: existing, request, entries: [...started.entries, ...added], isResumed: true };
  }
  const { name, entries, seeds, maxDecisions, plain, shard } = request;
  const folder = await EvaluationFolder.create(out === undefined ? { runs: projectPaths.runs } : { exactly: out }, {
    format: 1,
    name,
    given: [...(given ?? [])],
    seeds: formatSeeds(seeds),
    ...(shard === undefined ? {} : { shard }),
    max_decisions: maxDecisions,
    plain,
    entries: entries.map(toEntry),
    versions: { ...versions },
    starts: [start],
    finished: null,
  });
  return { folder, request, entries, isResumed: false };
}

/** Once the folder is this process's own: what is new of this start. */
export async function noteStart({ folder, entries, isResumed }: Opened, start: Start): Promise<void> {
  if (!isResumed) return;
  const known = folder.file.entries;
  await folder.update({
    entries: entries.map((entry) => known.find((own) => isSameRow(entry, rowOf(own))) ?? toEntry(entry)),
    starts: [...folder.file.starts, start],
    finished: null,
  });
}

/** Keeps who a policy is, or sees that it still is the one whose episodes are there. */
export async function notePolicy(folder: EvaluationFolder, index: number, policy: Policy): Promise<void> {
  const entry = folder.file.entries[index] as EvaluationEntry;
  const provenance = { ...policy.provenance };
  if (entry.provenance !== null) {
    requireSame(`the policy ${entry.policy} (its checkpoint)`, entry.provenance, provenance, folder.path);
    return;
  }
  const entries = folder.file.entries.map((one, i) =>
    i === index ? { ...one, provenance, policy_id: policy.id } : one,
  );
  await folder.update({ entries });
}

async function existingFolder({ resume, out }: EvaluationOptions): Promise<EvaluationFolder | undefined> {
  if (resume === undefined) return out === undefined ? undefined : EvaluationFolder.open(out);
  const folder = await EvaluationFolder.open(resume);
  if (folder) return folder;
  throw new AgentError('usage', 'there is no evaluation to go on with', {
    expected: 'a folder with evaluation.json, as `agent eval` makes it',
    got: resume,
    where: '--resume',
  });
}

function toEntry({ game, gameGiven, policy, spec, play, clock }: RequestedEntry): EvaluationEntry {
  const asked = { game: game.name, game_given: gameGiven, game_sha256: gameHash(game), policy, spec };
  return { ...asked, ...(play ? { play } : {}), provenance: null, ...(clock === null ? {} : { clock }) };
}

const rowOf = ({ game, policy }: EvaluationEntry) => ({ game: { name: game }, policy });

type Row = { readonly game: Pick<Game, 'name'>; readonly policy: string };

function isSameRow(a: Row, b: Row): boolean {
  return a.game.name === b.game.name && a.policy === b.policy;
}
