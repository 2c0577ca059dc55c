/**
 * Rows of a Parquet file that somebody else wrote, one row group in memory at a time. What a file says of its own sizes
 * is held against its length and against bounds before anything is made room for.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import { AgentError, inWords } from '../../core/index.js';

export type ForeignRow = Readonly<Record<string, unknown>>;

/** A page or column unpacked; far above what any writer makes. */
const MAX_PAGE_BYTES = 256 * 2 ** 20;
const MAX_GROUP_BYTES = 2 ** 30;
const MAX_GROUP_ROWS = 4_000_000;

/** The file's columns by name. Rejects with `dataset` where it is no Parquet. */
export async function columnsOf(path: string): Promise<string[]> {
  const { metadata } = await openTable(path);
  return parquetSchema(metadata).children.map(({ element }) => element.name);
}

/** What a footer says under a name; undefined where it does not. */
export async function footerOf(path: string, name: string): Promise<string | undefined> {
  const { metadata } = await openTable(path);
  return metadata.key_value_metadata?.find(({ key }) => key === name)?.value;
}

/** Number of rows, by the footer. */
export async function rowCount(path: string): Promise<number> {
  return Number((await openTable(path)).metadata.num_rows);
}

/**
 * All rows in order; of `columns` alone where they are named. Rejects with `dataset` where the file is damaged, would
 * unpack to more than is allowed, or is packed in a way that is not read here.
 */
export async function* readRows(path: string, columns?: readonly string[]): AsyncGenerator<ForeignRow> {
  const { file, metadata } = await openTable(path);
  let from = 0;
  for (const group of metadata.row_groups) {
    const to = from + Number(group.num_rows);
    const wanted = columns === undefined ? {} : { columns: [...columns] };
    const range = { rowStart: from, rowEnd: to };
    let rows: ForeignRow[];
    try {
      rows = await parquetReadObjects({ file, metadata, utf8: false, compressors: COMPRESSORS, ...range, ...wanted });
    } catch (cause) {
      throw damaged(path, cause);
    }
    if (rows.length !== to - from) throw damaged(path, new Error(`${rows.length} rows of ${to - from}`));
    yield* rows;
    from = to;
  }
}

async function openTable(path: string) {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    requireBounds(metadata, file.byteLength);
    return { file, metadata };
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function requireBounds({ row_groups, num_rows }: FileMetaData, length: number): void {
  let rows = 0n;
  for (const group of row_groups) {
    const isSane =
      group.num_rows >= 0n &&
      group.num_rows <= MAX_GROUP_ROWS &&
      group.columns.every(({ meta_data }) => {
        if (!meta_data) return false;
        const { data_page_offset, total_compressed_size, num_values } = meta_data;
        const isInside = data_page_offset >= 4n && data_page_offset + 0n < BigInt(length);
        return isInside && total_compressed_size <= BigInt(length) && num_values <= BigInt(MAX_PAGE_BYTES);
      }) &&
      group.columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0) <=
        MAX_GROUP_BYTES;
    if (!isSane) throw new Error('a row group whose sizes do not fit the file, or are above 1 GiB or 4 million rows');
    rows += group.num_rows;
  }
  if (rows !== num_rows) throw new Error(`row groups of ${rows} rows, a file of ${num_rows}`);
}

function bounded(unpack: (input: Uint8Array, length: number) => Uint8Array) {
  return (input: Uint8Array, length: number): Uint8Array => {
    if (length > MAX_PAGE_BYTES) throw new Error(`a page that unpacks to ${length} bytes`);
    const bytes = unpack(input, length);
    if (bytes.length !== length) throw new Error(`a page of ${bytes.length} bytes, ${length} were announced`);
    return bytes;
  };
}

/** Those that every Node.js brings that is supported here: zstd comes with 22.15. Others are refused by their name. */
const COMPRESSORS: Compressors = {
  SNAPPY: bounded((input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  }),
  GZIP: bounded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
  BROTLI: bounded((input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
};

function damaged(where: string, cause: unknown): AgentError {
  if (cause instanceof AgentError) return cause;
  return new AgentError('dataset', 'a Parquet file cannot be read', {
    expected: 'a whole Parquet file, packed with Snappy, gzip, Brotli or not at all',
    got: inWords(cause),
    where,
    next: 'fetch or write it again; pyarrow writes it anew with `compression="snappy"`',
    cause,
  });
}
