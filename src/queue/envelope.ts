/**
 * What comes back from a worker: who played, and the files of one record, compressed. There are no names in it: which
 * episode it is says the job, and where the files go says the coordinator.
 */
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip } from 'node:zlib';
import { z } from 'zod';
import { AgentError, inWords } from '../core/index.js';
import { identitySchema } from './description.js';
import { SMALL_BYTES } from './done-page.js';
import { parseAs } from './parse-as.js';

/** Largest answer as it lies in Redis, and unpacked, bytes. */
export const MAX_ANSWER_BYTES = 64 * 2 ** 20;
export const MAX_UNPACKED_BYTES = 256 * 2 ** 20;
const MAX_HEADER_BYTES = 64 * 1024;

const gunzipApart = promisify(gunzip);

/** A worker's own name: host, process and a random part. */
export const workerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

const headerSchema = z.strictObject({
  worker: workerName,
  identity: identitySchema,
  /** Lengths of the parts that follow. */
  parts: z.array(z.int().nonnegative()).min(1).max(4),
});

export interface Envelope {
  readonly worker: string;
  readonly identity: z.output<typeof identitySchema>;
  readonly parts: readonly Uint8Array[];
}

/** One line of JSON, then the parts, compressed together. */
export async function packEnvelope({ worker, identity, parts }: Envelope): Promise<Buffer> {
  const header = JSON.stringify({ worker, identity, parts: parts.map(({ length }) => length) });
  return await promisify(gzip)(Buffer.concat([Buffer.from(`${header}\n`), ...parts]), { level: 6 });
}

/** Rejects with `record` for anything that `packEnvelope` does not make, however large it would unpack. */
export async function unpackEnvelope(packed: Buffer): Promise<Envelope> {
  let data: Buffer;
  try {
    const limit = { maxOutputLength: MAX_UNPACKED_BYTES };
    // Another thread is worth its way for a large one only.
    data = packed.length <= SMALL_BYTES ? gunzipSync(packed, limit) : ((await gunzipApart(packed, limit)) as Buffer);
  } catch (error) {
    throw refused(inWords(error));
  }
  const end = data.subarray(0, MAX_HEADER_BYTES).indexOf('\n');
  if (end === -1) throw refused('no header');
  const { worker, identity, parts: lengths } = parseAs(headerSchema, data.toString('utf8', 0, end), refused);
  const whole = lengths.reduce((sum, length) => sum + length, end + 1);
  if (whole !== data.length) throw refused(`${data.length} bytes, the header says ${whole}`);
  let at = end + 1;
  const parts = lengths.map((length) => {
    at += length;
    return data.subarray(at - length, at);
  });
  return { worker, identity, parts };
}

function refused(got: string): AgentError {
  return new AgentError('record', 'an answer of a worker cannot be read', {
    expected: 'what `agent worker` packs',
    got: got.slice(0, 300),
  });
}
