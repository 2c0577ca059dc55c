/**
 * Reads an episode record that anyone may have written: every line is checked against the schema, and an error names
 * file, line and field. Steps are streamed, so a record of a million decisions takes no more memory than one of ten.
 */
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { AgentError, inWords } from '../core/index.js';
import { openRecordFile } from './files.js';
import { recordIoError } from './io-errors.js';
import { linesOf, OverlongLineError, readLines } from './read-lines.js';
import {
  MANIFEST_FILE,
  type Manifest,
  manifestSchema,
  RECORD_FORMAT,
  type RecordLine,
  resetLineSchema,
  STEPS_FILE,
  stepLineSchema,
} from './schema.js';
import { ManifestSeal } from './seal.js';
import { MAX_LINE_BYTES } from './step-log.js';

const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

/** A record whose manifest has been read and checked. */
export interface EpisodeRecord {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Null of a record of format 1. */
  readonly seal: ManifestSeal | null;
  /** The whole of steps.jsonl, where the record lies in no folder yet. */
  readonly steps?: Uint8Array;
}

/** A line, and its text as it stands in the file. */
export interface ReadLine {
  readonly line: RecordLine;
  readonly text: string;
}

/** Reads and checks the manifest. Rejects with `record`. */
export async function openRecord(folder: string): Promise<EpisodeRecord> {
  const path = resolve(folder);
  const where = join(path, MANIFEST_FILE);
  await using file = await openRecordFile(path, MANIFEST_FILE);
  const { size } = await file.stat();
  if (size > MAX_MANIFEST_BYTES) throw invalid(where, `at most ${MAX_MANIFEST_BYTES} bytes`, `${size} bytes`);
  const text = await file.readFile('utf8').catch((error: unknown) => {
    throw recordIoError('the record cannot be read', where, error);
  });
  return parseManifest(path, text);
}

/**
 * A record that is in memory: it is read as one in a folder is. Throws `record`.
 * @param name stands in errors where the folder would
 */
export function recordInMemory(name: string, manifest: Uint8Array, steps: Uint8Array): EpisodeRecord {
  if (manifest.length > MAX_MANIFEST_BYTES) {
    throw invalid(join(name, MANIFEST_FILE), `at most ${MAX_MANIFEST_BYTES} bytes`, `${manifest.length} bytes`);
  }
  return {
    ...parseManifest(name, Buffer.from(manifest.buffer, manifest.byteOffset, manifest.length).toString()),
    steps,
  };
}

function parseManifest(folder: string, text: string): EpisodeRecord {
  const where = join(folder, MANIFEST_FILE);
  const json = parseJson(text, where);
  refuseOtherFormat(json, where);
  const manifest = check(manifestSchema, json, where);
  // The text's own order of fields and forms of numbers are what was sealed.
  return { folder, manifest, seal: manifest.format === 1 ? null : new ManifestSeal(json as Manifest) };
}

export interface ReadOptions {
  /** Told of a last line that a killed run left unfinished; it is left out. */
  readonly onTornLine?: (where: string) => void;
  /** Asked at the end of a record that is still being written: true looks again, false ends. */
  readonly waitForMore?: () => Promise<boolean>;
}

/**
 * The lines of steps.jsonl in order: the reset (step 0), then each decision. Throws `record` for a line that does not
 * fit, a gap, a decision after the episode's end, and for a torn last line of a run that says it came to its end.
 */
export async function* readSteps(record: EpisodeRecord, options: ReadOptions = {}): AsyncGenerator<RecordLine> {
  for await (const { line } of readTexts(record, options)) yield line;
}

/** As `readSteps`, with the text of each line. */
export async function* readTexts(record: EpisodeRecord, options: ReadOptions = {}): AsyncGenerator<ReadLine> {
  const path = join(record.folder, STEPS_FILE);
  await using file = record.steps ? undefined : await openRecordFile(record.folder, STEPS_FILE);
  let next = 0;
  let isOver = false;
  try {
    const lines = file
      ? readLines(file, MAX_LINE_BYTES, options.waitForMore)
      : linesOf(record.steps as Uint8Array, MAX_LINE_BYTES);
    for await (const { text, number, isWhole } of lines) {
      const where = `${path}:${number}`;
      if (!isWhole) {
        refuseTornEnd(record.manifest, where);
        options.onTornLine?.(where);
        return;
      }
      if (isOver) throw invalid(where, 'no line after the end of the episode', 'one more');
      const line = parseLine(text, next, where);
      isOver = line.step > 0 && 'terminated' in line && (line.terminated || line.truncated);
      next += 1;
      yield { line, text };
    }
  } catch (error) {
    if (error instanceof OverlongLineError) {
      throw invalid(`${path}:${error.line}`, `at most ${MAX_LINE_BYTES} bytes a line`, 'more');
    }
    throw recordIoError('the record cannot be read', path, error);
  }
}

function parseLine(text: string, step: number, where: string): RecordLine {
  const json = parseJson(text, where);
  const fields = step === 0 ? check(resetLineSchema, json, where) : check(stepLineSchema, json, where);
  const { seal: _, ...line } = fields;
  if (line.step !== step) throw invalid(`${where}, step`, `${step}: steps follow without gaps`, `${line.step}`);
  return line as RecordLine;
}

/** A run that was killed, or failed for want of disk space, may end within a line; one that finished may not. */
function refuseTornEnd({ status }: Manifest, where: string): void {
  if (status === 'running' || status === 'failed') return;
  throw invalid(where, `a whole line: the manifest says that the run ${status}`, 'a line that breaks off');
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(where, 'JSON', inWords(error));
  }
}

function refuseOtherFormat(json: unknown, where: string): void {
  const format = (json as { format?: unknown } | null)?.format;
  if (format === 1 || format === 2 || format === RECORD_FORMAT) return;
  const isNewer = typeof format === 'number' && format > RECORD_FORMAT;
  throw new AgentError('record', isNewer ? 'the record is of a newer format' : 'this is no episode record', {
    expected: `format 1 to ${RECORD_FORMAT}`,
    // Anything may stand there, and nested ten thousand deep it cannot even be written out.
    got: typeof format === 'number' ? `format ${format}` : format === undefined ? 'no format' : 'no number as format',
    where,
    next: isNewer ? 'update this program to read it' : 'name a folder under runs/',
  });
}

function check<S extends z.ZodType>(schema: S, json: unknown, where: string): z.output<S> {
  let result: z.ZodSafeParseResult<z.output<S>>;
  try {
    result = schema.safeParse(json);
  } catch (error) {
    // JSON nested ten thousand deep overflows the stack of whoever walks it.
    throw invalid(where, 'JSON of reasonable depth', inWords(error));
  }
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const field = first?.path.map(String).join('.');
  throw invalid(field ? `${where}, ${field}` : where, 'an episode record as docs/records.md says', `${first?.message}`);
}

function invalid(where: string, expected: string, got: string): AgentError {
  return new AgentError('record', 'the record is damaged', {
    expected,
    got: got.slice(0, 500),
    where,
    next: 'play the episode again; a record is not repaired',
  });
}
