/**
 * Scalars out of TensorBoard's event files: records of length, checksum and an `Event` message
 * (tensorflow/core/util/event.proto).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** All scalars of a folder's event files, file by file in the order of their names. */
export async function readScalars(folder: string): Promise<Scalar[]> {
  const names = (await readdir(folder)).filter((name) => name.includes('tfevents')).sort();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return files.flatMap((bytes) => records(bytes).flatMap(scalarsOf));
}

/** Eight bytes of length, four of its checksum, the message, four of its checksum. */
function records(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    found.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return found;
}

function scalarsOf(event: Buffer): Scalar[] {
  const fields = fieldsOf(event);
  const step = Number(fields.find(({ number }) => number === 2)?.value ?? 0n);
  const summary = fields.find(({ number }) => number === 5)?.value as Buffer | undefined;
  return (summary ? fieldsOf(summary) : []).map(({ value }) => {
    const parts = fieldsOf(value as Buffer);
    const part = (number: number) => parts.find((one) => one.number === number)?.value;
    return { tag: String(part(1)), step, value: (part(2) as Buffer).readFloatLE(0) };
  });
}

interface Field {
  readonly number: number;
  /** Of a varint the number, of everything else its bytes. */
  readonly value: bigint | Buffer;
}

/** The fields of a protocol-buffers message. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const kind = key & 7;
    const value = kind === 0 ? varint() : take(kind === 1 ? 8 : kind === 5 ? 4 : Number(varint()));
    fields.push({ number: key >> 3, value });
  }
  return fields;
}
