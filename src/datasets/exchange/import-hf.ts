/** Folders of Parquet files as Hugging Face's `datasets` keeps them, ours and those of others. */
import { z } from 'zod';
import type { Game } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { EPISODES_FILE, readCompanion } from './companion.js';
import type { ExchangeSource } from './episode.js';
import { columnsOf, type ForeignRow, footerOf, readRows } from './parquet-rows.js';
import { shapeOf } from './pictures.js';
import type { SourceFolder } from './source-folder.js';
import { tableSource } from './table-import.js';
import { chooseColumns } from './table-layout.js';
import { asNumber, bytesOf } from './values.js';

export interface ImportChoices {
  /** The game that the data is of; may be missing for exports of this program. */
  readonly game?: Game | undefined;
  /** The column of the picture, where there are several. */
  readonly image?: string | undefined;
  /** What the source's actions mean, by the game's names, in the source's order. */
  readonly actions?: readonly string[] | undefined;
}

const featureSchema = z.looseObject({ _type: z.string().optional(), names: z.array(z.string()).optional() });
const footerSchema = z.looseObject({ info: z.looseObject({ features: z.record(z.string(), z.unknown()) }) });

/** Rejects with `dataset` where the folder is none of these, `usage` where no game is named and one must be. */
export async function openHuggingFace(source: SourceFolder, choices: ImportChoices): Promise<ExchangeSource> {
  const companion = await readCompanion(source);
  const files = (await source.list('', '.parquet')).filter((name) => name !== EPISODES_FILE);
  const paths = await Promise.all(files.map((name) => source.require(name)));
  const [first] = paths;
  if (first === undefined) throw await noTables(source);
  const features = featuresIn(await footerOf(first, 'huggingface'));
  const names = await columnsOf(first);
  const images = await imageColumns(first, names, features);
  const columns = chooseColumns({ names, images, image: choices.image, companion, where: first });
  const { frame } = companion?.description ?? {};
  const shape = frame ?? (await shapeOf(await firstPicture(first, columns.image as string), first));
  const count = companion?.episodes.size ?? (await countEpisodes(paths, columns.episode));
  return tableSource(
    {
      columns,
      companion,
      shape,
      actions: { names: choices.actions ?? features.get(columns.action)?.names, where: first },
      decisionsPerSecond: null,
      episodeCount: count,
      rows: () => allRows(paths),
      where: source.path,
      player: 'unknown',
    },
    choices.game,
  );
}

/** Rows of all files, which must have the same columns. */
export async function* allRows(paths: readonly string[]): AsyncGenerator<ForeignRow> {
  const [first, ...others] = paths;
  const columns = first === undefined ? '' : (await columnsOf(first)).join(', ');
  for (const path of others) {
    const own = (await columnsOf(path)).join(', ');
    if (own === columns) continue;
    throw new AgentError('dataset', 'the tables have different columns', {
      expected: columns,
      got: own,
      where: path,
      next: 'name the folder of one table: a dataset with several configurations has one for each',
    });
  }
  for (const path of paths) yield* readRows(path);
}

function featuresIn(footer: string | undefined): Map<string, z.output<typeof featureSchema>> {
  try {
    const { info } = footerSchema.parse(JSON.parse(footer ?? '{}'));
    return new Map(
      Object.entries(info.features).flatMap(([name, feature]) => {
        const read = featureSchema.safeParse(feature); // a list of features is no picture and no name
        return read.success ? [[name, read.data] as const] : [];
      }),
    );
  } catch {
    return new Map(); // written without `datasets`: the columns say enough
  }
}

async function imageColumns(
  path: string,
  names: readonly string[],
  features: ReadonlyMap<string, z.output<typeof featureSchema>>,
): Promise<string[]> {
  const declared = names.filter((name) => features.get(name)?._type === 'Image');
  if (declared.length > 0) return declared;
  for await (const row of readRows(path)) {
    return names.filter((name) => row[name] instanceof Uint8Array || isPicture(row[name]));
  }
  return [];
}

const isPicture = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { bytes?: unknown }).bytes instanceof Uint8Array;

async function firstPicture(path: string, column: string): Promise<Uint8Array> {
  for await (const row of readRows(path, [column])) return bytesOf(row[column], column, path);
  throw new AgentError('dataset', 'the table is empty', { where: path });
}

async function countEpisodes(paths: readonly string[], column: string): Promise<number> {
  const numbers = new Set<number>();
  for (const path of paths) {
    for await (const row of readRows(path, [column])) numbers.add(asNumber(row[column], column, path));
  }
  return numbers.size;
}

async function noTables(source: SourceFolder): Promise<AgentError> {
  const arrow = await source.list('', '.arrow');
  return new AgentError('dataset', 'the folder holds no Parquet files', {
    expected: 'Parquet files, as `datasets` writes and the Hub keeps them',
    got: arrow.length > 0 ? `Arrow files: ${arrow[0]}` : 'none',
    where: source.path,
    next: arrow.length > 0 ? 'in Python: load_from_disk(FOLDER).to_parquet(FILE)' : 'name the folder of a dataset',
  });
}
