/** Tables as Parquet files, columns declared once: name, type, and where the value of a row comes from. */
import type { DecodedArray, SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

export interface Column<Row> {
  readonly name: string;
  /** `IMAGE`: a PNG file as Hugging Face's `datasets.Image` stores it, a struct of `bytes` and `path`. */
  readonly type: 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BOOLEAN' | 'STRING' | 'IMAGE';
  readonly isList?: true;
  readonly isOptional?: true;
  /** `INT64` as bigint, `IMAGE` as `ImageValue`. */
  readonly of: (row: Row) => unknown;
}

export interface ImageValue {
  readonly bytes: Uint8Array;
  readonly path: string;
}

const AS_IT_IS = { codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const;

/** The whole file, compressed by Snappy. `metadata` goes into its footer. */
export function encodeTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const columnData = columns.map(({ name, type, of }) => {
    const data = rows.map(of) as DecodedArray;
    // A PNG is compressed already, and its least and greatest bytes help nobody to find it.
    return type === 'IMAGE' ? { name, data, ...AS_IT_IS } : { name, data };
  });
  const root: SchemaElement = { name: 'root', num_children: columns.length };
  const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  const schema = [root, ...columns.flatMap(schemaOf)];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, kvMetadata }));
}

function schemaOf<Row>({ name, type, isList, isOptional }: Column<Row>): SchemaElement[] {
  const repetition_type = isOptional ? 'OPTIONAL' : 'REQUIRED';
  if (type === 'IMAGE') {
    return [
      { name, repetition_type, num_children: 2 },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ];
  }
  const element: SchemaElement =
    type === 'STRING' ? { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' } : { name, type };
  if (!isList) return [{ ...element, repetition_type }];
  return [
    { name, repetition_type, converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { ...element, name: 'element', repetition_type: 'REQUIRED' },
  ];
}

const DTYPES = {
  INT32: 'int32',
  INT64: 'int64',
  FLOAT: 'float32',
  DOUBLE: 'float64',
  BOOLEAN: 'bool',
  STRING: 'string',
} as const;

/**
 * What Hugging Face's `datasets` reads in a footer under the name `huggingface`: without it pictures come back as
 * bytes. It takes a column's word only where the column may be null, as all are that it writes itself.
 */
export function huggingFaceSchema<Row>(columns: readonly Column<Row>[]): Record<'huggingface', string> {
  const features = columns.map(({ name, type, isList }) => {
    if (type === 'IMAGE') return [name, { _type: 'Image' }];
    const value = { dtype: DTYPES[type], _type: 'Value' };
    // `Sequence` is what versions before and after 4.0 both know.
    return [name, isList ? { feature: value, _type: 'Sequence' } : value];
  });
  return { huggingface: JSON.stringify({ info: { features: Object.fromEntries(features) } }) };
}
