/**
 * A folder that somebody else filled. Only plain files inside it are read: a link, or a name that leads out of it, is
 * refused, so that nothing outside is looked at whatever its files say.
 */
import { lstat, open, readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { AgentError, inWords, systemCode } from '../../core/index.js';

const MAX_FILES = 100_000;
const MAX_DEPTH = 8;
/** First bytes of archives: zip, gzip, bzip2, xz, zstd, 7z. */
const ARCHIVES = ['504b0304', '1f8b', '425a68', 'fd377a58', '28b52ffd', '377abcaf'];
const TAR_MARK_AT = 257;

export class SourceFolder {
  private constructor(readonly path: string) {}

  /** Rejects with `dataset` where there is no such folder, or where it is a link or an archive. */
  static async open(given: string): Promise<SourceFolder> {
    const path = resolve(given);
    const kind = await lstat(path).catch((cause: unknown) => {
      throw refusal('there is no such folder', path, inWords(cause));
    });
    if (kind.isSymbolicLink()) throw refusal('the folder is a link', path, 'a link', LINK_NEXT);
    if (kind.isDirectory()) return new SourceFolder(path);
    const isArchive = kind.isFile() && (await looksLikeArchive(path));
    if (isArchive) throw refusal('archives are not opened', path, 'an archive', 'unpack it, then name the folder');
    throw refusal('a dataset of this layout is a folder', path, 'no folder');
  }

  /** The path of a file by its name in the folder; undefined where there is none. Refuses what is no plain file. */
  async find(name: string): Promise<string | undefined> {
    const path = resolve(this.path, name);
    const inside = relative(this.path, path);
    if (inside === '' || inside.startsWith('..') || resolve(this.path, inside) !== path || name.includes('\0')) {
      throw refusal('a file name leads out of the folder', this.path, JSON.stringify(name));
    }
    let at = this.path;
    for (const [index, part] of inside.split(sep).entries()) {
      at = join(at, part);
      const kind = await lstat(at).catch((cause: unknown) => {
        if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')) return undefined;
        throw refusal('a file cannot be read', at, inWords(cause));
      });
      if (kind === undefined) return undefined;
      const isLast = index === inside.split(sep).length - 1;
      if (isLast ? !kind.isFile() : !kind.isDirectory()) throw notPlain(at, kind.isSymbolicLink());
    }
    return path;
  }

  /** As `find`; rejects with `dataset` where there is no such file. */
  async require(name: string, next?: string): Promise<string> {
    const path = await this.find(name);
    if (path !== undefined) return path;
    throw refusal('a file is missing', join(this.path, name), 'no such file', next);
  }

  /** Names of all files with an ending below a folder of it, in order; refuses links and pipes among them. */
  async list(below: string, ending: string): Promise<string[]> {
    const found: string[] = [];
    const walk = async (folder: string, depth: number): Promise<void> => {
      const path = join(this.path, folder);
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        const isPlain = entry.isFile() || entry.isDirectory();
        if (!isPlain) throw notPlain(join(path, entry.name), entry.isSymbolicLink());
        if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith('.')) await walk(name, depth + 1);
        else if (entry.isFile() && entry.name.endsWith(ending)) found.push(name);
        if (found.length > MAX_FILES) throw refusal('there are too many files', path, `more than ${MAX_FILES}`);
      }
    };
    await walk(below, 0);
    return found.sort();
  }
}

const LINK_NEXT = 'copy the folder with `cp -rL`, which puts the files in the place of the links';

function notPlain(where: string, isLink: boolean): AgentError {
  if (isLink) return refusal('the folder holds a link', where, 'a link, which may lead out of it', LINK_NEXT);
  return refusal('the folder holds what is no plain file', where, 'another kind of file');
}

function refusal(summary: string, where: string, got: string, next?: string): AgentError {
  const expected = 'a folder with plain files';
  return new AgentError('dataset', summary, { expected, got, where, ...(next === undefined ? {} : { next }) });
}

async function looksLikeArchive(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TAR_MARK_AT + 5), 0, TAR_MARK_AT + 5, 0);
  const head = buffer.subarray(0, bytesRead).toString('hex');
  const isTar = buffer.toString('latin1', TAR_MARK_AT) === 'ustar';
  return isTar || ARCHIVES.some((mark) => head.startsWith(mark));
}
