/**
 * Two files that an export carries beside what its layout asks for: `agent-dataset.json`, what the dataset says of
 * itself, and `agent-episodes.parquet`, how each episode ended, with the picture behind its last decision. With them an
 * export comes back bit for bit; without them it is data of others like any other.
 */
import { z } from 'zod';
import { AgentError } from '../../core/index.js';
import type { Dataset } from '../dataset.js';
import { hashEpisode } from '../dataset-name.js';
import { readJsonFile } from '../json-file.js';
import { type Column, encodeTable, huggingFaceSchema, type ImageValue } from '../parquet-table.js';
import { type DatasetDescription, type DatasetEpisode, datasetSchema, splitOf } from '../schema.js';
import { asJson, writeInto } from './new-folder.js';
import { readRows } from './parquet-rows.js';
import type { SourceFolder } from './source-folder.js';
import { asNumber, asText, bytesOf } from './values.js';

export const COMPANION_FILE = 'agent-dataset.json';
export const EPISODES_FILE = 'agent-episodes.parquet';

const companionSchema = z.strictObject({
  format: z.literal('agent-export'),
  format_version: z.literal(1),
  dataset: datasetSchema,
});

interface EpisodeRow extends DatasetEpisode {
  readonly number: number;
  readonly sha256: string;
  readonly last: ImageValue;
}

const COLUMNS: readonly Column<EpisodeRow>[] = [
  { name: 'episode', type: 'INT64', isOptional: true, of: ({ number }) => BigInt(number) },
  { name: 'seed', type: 'INT64', isOptional: true, of: ({ seed }) => BigInt(seed) },
  { name: 'split', type: 'STRING', isOptional: true, of: ({ split }) => split },
  { name: 'steps', type: 'INT64', isOptional: true, of: ({ steps }) => BigInt(steps) },
  { name: 'score', type: 'DOUBLE', isOptional: true, of: ({ score }) => score },
  { name: 'status', type: 'STRING', isOptional: true, of: ({ status }) => status },
  { name: 'ending', type: 'STRING', isOptional: true, of: ({ ending }) => ending },
  { name: 'sha256', type: 'STRING', isOptional: true, of: ({ sha256 }) => sha256 },
  { name: 'last_image', type: 'IMAGE', isOptional: true, of: ({ last }) => last },
];

/** The description of an export: episodes are numbered anew, in the order that they are exported in. */
export function exportedDescription(dataset: Dataset): DatasetDescription {
  const [first] = dataset.sources as [Dataset['sources'][number]];
  const { imported: _, ...description } = first.description;
  return { ...description, seeds: dataset.episodes.map(({ seed }) => seed) };
}

/** Writes both files. */
export async function writeCompanion(dataset: Dataset, folder: string): Promise<void> {
  const content = { format: 'agent-export', format_version: 1, dataset: exportedDescription(dataset) };
  await writeInto(folder, COMPANION_FILE, asJson(content));
  const rows = dataset.episodes.map((episode, number): EpisodeRow => {
    const last = { bytes: dataset.framePng(episode.firstFrame + episode.steps), path: `last-${number}.png` };
    return { ...episode, number, sha256: hashEpisode(dataset, episode), last };
  });
  await writeInto(folder, EPISODES_FILE, encodeTable(COLUMNS, rows, huggingFaceSchema(COLUMNS)));
}

/** How an episode ended, by what the export carries. */
export interface CarriedEpisode extends Pick<DatasetEpisode, 'seed' | 'score' | 'status' | 'ending' | 'steps'> {
  /** Of the episode's content (`hashContent`). */
  readonly sha256: string;
  readonly last: Uint8Array;
}

export interface Companion {
  readonly description: Omit<DatasetDescription, 'seeds'>;
  /** By the export's number of the episode. */
  readonly episodes: ReadonlyMap<number, CarriedEpisode>;
}

/** What an export of ours carries; undefined in a folder of others. Rejects with `dataset` where it is damaged. */
export async function readCompanion(source: SourceFolder): Promise<Companion | undefined> {
  const path = await source.find(COMPANION_FILE);
  if (path === undefined) return undefined;
  const next = 'export the dataset again, or take the file away: then the rest is read as data of others';
  const { seeds, ...description } = (await readJsonFile(path, companionSchema, next)).dataset;
  const episodes = new Map<number, CarriedEpisode>();
  const table = await source.require(EPISODES_FILE, next);
  for await (const row of readRows(table)) {
    const number = asNumber(row.episode, 'episode', table);
    const ending = row.ending === null || row.ending === undefined ? null : asText(row.ending, 'ending', table);
    const status = asText(row.status, 'status', table);
    const carried = {
      seed: asNumber(row.seed, 'seed', table),
      steps: asNumber(row.steps, 'steps', table),
      score: Number(row.score),
      status: status as CarriedEpisode['status'],
      ending: ending as CarriedEpisode['ending'],
      sha256: asText(row.sha256, 'sha256', table),
      last: bytesOf(row.last_image, 'last_image', table),
    };
    const isKnown = ['finished', 'stopped'].includes(status) && [null, 'terminated', 'truncated'].includes(ending);
    const isRight = isKnown && seeds[number] === carried.seed && row.split === splitOf(carried.seed);
    if (!isRight || episodes.has(number)) throw doesNotGo(table, `episode ${number}`, next);
    episodes.set(number, carried);
  }
  if (episodes.size !== seeds.length) throw doesNotGo(table, `${episodes.size} episodes of ${seeds.length}`, next);
  return { description, episodes };
}

function doesNotGo(where: string, got: string, next: string): AgentError {
  return new AgentError('dataset', `${EPISODES_FILE} does not go with ${COMPANION_FILE}`, { got, where, next });
}
