/**
 * Stamps: one small file per finished step, holding a hash of what went into it. A step whose stamp is missing or
 * differs is done again; a stamp is written only after success and in one move, so an interrupted step has none.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a file so that readers see the old content or the whole new one, also after a power cut. */
export function writeAtomically(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** SHA-256 over labelled parts; labels and lengths keep neighbouring parts apart. */
export function hashOf(parts) {
  const hash = createHash('sha256');
  for (const [label, value] of Object.entries(parts)) hash.update(`${label} ${value.length}\n${value}\n`);
  return hash.digest('hex');
}

/** A file's content for a stamp, or '' where there is none. */
export function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Name, size and time of every file under a folder that `wanted` accepts: cheap, and changes with every edit. */
export function statFingerprint(folder, wanted) {
  const lines = [];
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) visit(inner);
      else if (wanted(entry.name)) {
        const { size, mtimeMs } = statSync(inner);
        lines.push(`${inner.slice(folder.length)} ${size} ${mtimeMs}`);
      }
    }
  };
  visit(folder);
  return lines.sort().join('\n');
}

/** The stamps of one folder. */
export function stampsIn(folder) {
  const pathOf = (step) => join(folder, `${step}.json`);
  return {
    /** The stamp's data, or null where the step has not finished. */
    read(step) {
      try {
        return JSON.parse(readFileSync(pathOf(step), 'utf8'));
      } catch {
        return null;
      }
    },
    write(step, inputs, facts = {}) {
      writeAtomically(pathOf(step), `${JSON.stringify({ inputs, ...facts, finished: new Date().toISOString() })}\n`);
    },
    remove(step) {
      rmSync(pathOf(step), { force: true });
    },
  };
}
