/** What evaluation.json says of several evaluations put together. */
import { AgentError } from '../core/index.js';
import type { EvaluationFolder } from './folder.js';
import { requireSame } from './require-same.js';
import type { EvaluationEntry, EvaluationFile } from './schema.js';
import { formatSeeds } from './seed-ranges.js';

/**
 * Rows, rules, limits, packages and weights are the same in all. Shards give the seeds of the whole in its own order,
 * also those of a shard that is not there; other evaluations give theirs one after the other.
 * @param given the user's words.
 */
export function mergedFile(
  sources: readonly Pick<EvaluationFolder, 'file' | 'path' | 'seeds'>[],
  given: readonly string[],
): EvaluationFile {
  const [first, ...others] = sources;
  if (first === undefined) throw new AgentError('usage', 'there is nothing to merge', { where: '--merge' });
  const { file } = first;
  for (const { file: other, path } of others) {
    requireSame('the packages', file.versions, other.versions, path);
    requireSame('the limit of decisions', file.max_decisions, other.max_decisions, path);
    requireSame('the emulator (--plain)', file.plain, other.plain, path);
    requireSame('the rows of the table', file.entries.map(asked), other.entries.map(asked), path);
  }
  const differing = sources.flatMap((source) => source.file.differing ?? []);
  return {
    format: 1,
    name: file.name,
    given: [...given],
    seeds: mergedSeeds(sources),
    max_decisions: file.max_decisions,
    plain: file.plain,
    entries: file.entries.map((_, row) => loadedEntry(sources, row)),
    versions: file.versions,
    starts: sources.flatMap((source) => source.file.starts).sort((a, b) => (a.started < b.started ? -1 : 1)),
    finished: null,
    ...(differing.length > 0 ? { differing } : {}),
  };
}

const asked = ({ provenance: _, policy_id: __, ...entry }: EvaluationEntry): unknown => entry;

/** The row as a process has it that loaded its policy; all that did must have loaded the same one. */
function loadedEntry(sources: readonly Pick<EvaluationFolder, 'file' | 'path'>[], row: number): EvaluationEntry {
  const all = sources.map(({ file, path }) => ({ entry: file.entries[row] as EvaluationEntry, path }));
  const loaded = all.filter(({ entry }) => entry.provenance !== null);
  const [one] = loaded;
  for (const { entry, path } of loaded) {
    requireSame(`the policy ${entry.policy} (its checkpoint)`, one?.entry.provenance, entry.provenance, path);
  }
  return (one ?? (all[0] as (typeof all)[number])).entry;
}

function mergedSeeds(sources: readonly Pick<EvaluationFolder, 'file' | 'path' | 'seeds'>[]): string {
  const owners = new Map<number, string>();
  for (const { path, seeds } of sources) {
    for (const seed of seeds) {
      const owner = owners.get(seed);
      if (owner !== undefined) throw twice(seed, owner, path);
      owners.set(seed, path);
    }
  }
  const [first] = sources;
  const whole = first?.file.shard;
  if (whole === undefined && sources.every(({ file }) => file.shard === undefined))
    return formatSeeds([...owners.keys()]);
  for (const { file, path } of sources) {
    requireSame('the seeds of all shards together', whole?.seeds, file.shard?.seeds, path);
    requireSame('the number of shards', whole?.of, file.shard?.of, path);
  }
  return whole?.seeds as string;
}

function twice(seed: number, owner: string, path: string): AgentError {
  return new AgentError('usage', 'two evaluations played the same seed', {
    expected: 'each seed in one of them',
    got: `${seed} in ${owner} and in ${path}`,
    where: '--merge',
  });
}
