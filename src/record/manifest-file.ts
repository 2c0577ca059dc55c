/**
 * manifest.json while an episode runs. It is written whole at the start and replaced whole at the end. The space of the
 * second version is taken at the start, so that an episode that fails because the disk is full can still say so.
 */
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, MAX_TEXT_BYTES, ownTag, systemCode, writeFileAtomic } from '../core/index.js';
import { recordIoError } from './io-errors.js';
import { recordJson } from './json.js';
import { MANIFEST_FILE, type Manifest } from './schema.js';

/** Room for the result and an error with a long cause, beyond what the first version says. */
const RESERVED_BYTES = 16 * 1024;

export class ManifestFile {
  readonly #path: string;
  readonly #next: string;

  private constructor(folder: string) {
    this.#path = join(folder, MANIFEST_FILE);
    this.#next = join(folder, `${MANIFEST_FILE}.next.${ownTag()}.tmp`);
  }

  /** Writes the first version. Rejects with `record`, also where nobody could read it again. */
  static async create(folder: string, manifest: Manifest): Promise<ManifestFile> {
    const file = new ManifestFile(folder);
    const text = `${recordJson(manifest, 2)}\n`;
    const bytes = Buffer.byteLength(text) + RESERVED_BYTES;
    if (bytes > MAX_TEXT_BYTES) throw tooLarge(file.#path, bytes);
    try {
      await writeFileAtomic(file.#path, text);
      await file.#reserve(bytes);
    } catch (error) {
      throw recordIoError('the record of the episode cannot be started', file.#path, error);
    }
    return file;
  }

  /** Replaces the first version. Rejects with `record`, and then the first version is still there. */
  async replace(manifest: Manifest): Promise<void> {
    const text = `${recordJson(manifest, 2)}\n`;
    try {
      if (await this.#fillReserved(text)) await rename(this.#next, this.#path);
      else await writeFileAtomic(this.#path, text);
    } catch (error) {
      throw recordIoError('the end of the episode cannot be recorded', this.#path, error);
    }
  }

  async #reserve(bytes: number): Promise<void> {
    const file = await open(this.#next, 'w');
    try {
      await file.writeFile(Buffer.alloc(bytes, ' '));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** False where the reserved file is gone. */
  async #fillReserved(text: string): Promise<boolean> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(this.#next, 'r+');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
    try {
      await file.writeFile(text);
      await file.truncate(Buffer.byteLength(text));
      await file.sync();
      return true;
    } catch (error) {
      await rm(this.#next, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }
}

/** Told before anything is played: an episode whose manifest is not read is lost. */
function tooLarge(path: string, bytes: number): AgentError {
  return new AgentError('record', 'the record of the episode would be too large to be read again', {
    expected: `a manifest of at most ${MAX_TEXT_BYTES.toLocaleString('en-US')} bytes`,
    got: `${bytes.toLocaleString('en-US')} bytes, before anything is played`,
    where: path,
    next: 'play with fewer or shorter names of actions, and shorter arguments of the environment: they stand in it',
  });
}
