/**
 * The episodes below the folders that were named, as rows. A folder is read again only where its time has changed, and
 * no manifest is checked to the last field: ten thousand of them shall be listed within a second. What is opened is
 * checked in full.
 */
import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { EVALUATION_FILE, readQueueProgress, SET_ASIDE_FOLDER } from '../evaluation/index.js';
import { existingRunFolder, MANIFEST_FILE, statusSchema } from '../record/index.js';
import type { EpisodeRow, EvaluationRow } from './protocol.js';
import { isGrowing } from './record-growth.js';

/** Levels of folders below a named one, as `agent report` looks for records. */
const MAX_DEPTH = 6;
const MAX_MANIFEST_BYTES = 16 * 2 ** 20;
/** Folders after which others may have their turn. */
const TURN = 256;

/** What a row needs of a manifest. */
const rowSchema = z.object({
  status: statusSchema,
  game: z.object({ name: z.string() }),
  policy: z.object({ id: z.string() }),
  seed: z.number(),
  started: z.string(),
  result: z.object({ score: z.number(), decisions: z.number() }).nullable(),
});

export interface Found {
  readonly rows: readonly EpisodeRow[];
  readonly evaluations: readonly EvaluationRow[];
}

interface Kept {
  readonly changed: number;
  readonly row: EpisodeRow;
}

export class RunList {
  readonly #roots: readonly string[];
  readonly #kept = new Map<string, Kept>();
  readonly #folders = new Map<string, string>();
  #looking: Promise<Found> | undefined;

  /**
   * Throws `record` where a named folder is not there.
   * @param options `mayCome`: it may be made later, by a game that is about to begin
   */
  constructor(roots: readonly string[], { mayCome = false } = {}) {
    this.#roots = roots.map((root) => (mayCome && !existsSync(root) ? resolve(root) : existingRunFolder(root)));
  }

  /** Where an episode of the list lies; undefined of an id that is none. */
  folderOf(id: string): string | undefined {
    return this.#folders.get(id);
  }

  /** All there are now. Those who ask while somebody looks are told the same. */
  look(): Promise<Found> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<Found> {
    const rows: EpisodeRow[] = [];
    const evaluations = new Map<string, Omit<EvaluationRow, 'id' | 'episodes'> & { episodes: number }>();
    const seen = new Set<string>();
    let visited = 0;
    const walk = async (folder: string, root: string, depth: number, evaluation: string | null): Promise<void> => {
      if (++visited % TURN === 0) await new Promise(setImmediate);
      const entries = entriesOf(folder);
      const manifest = entries.find(({ name }) => name === MANIFEST_FILE);
      if (manifest !== undefined) {
        if (!seen.has(folder) && manifest.isFile()) rows.push(this.#rowOf(folder, root, evaluation));
        seen.add(folder);
        return;
      }
      const isEvaluation = entries.some((entry) => entry.name === EVALUATION_FILE && entry.isFile());
      if (depth === MAX_DEPTH) return;
      const own = isEvaluation ? idOf(folder) : evaluation;
      if (isEvaluation) {
        const queue = readQueueProgress(folder);
        evaluations.set(idOf(folder), { run: runName(folder, root), episodes: 0, queue });
      }
      for (const entry of entries) {
        // Links are not followed: nothing outside the named folders is read.
        if (!entry.isDirectory() || (isEvaluation && entry.name === SET_ASIDE_FOLDER)) continue;
        await walk(join(folder, entry.name), root, depth + 1, own);
      }
    };
    for (const root of this.#roots) await walk(root, root, 0, null);
    for (const { evaluation } of rows) {
      const of = evaluation === null ? undefined : evaluations.get(evaluation);
      if (of) of.episodes += 1;
    }
    return { rows, evaluations: [...evaluations].map(([id, told]) => ({ id, ...told })) };
  }

  #rowOf(folder: string, root: string, evaluation: string | null): EpisodeRow {
    const path = join(folder, MANIFEST_FILE);
    const { mtimeMs: changed, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
    const kept = this.#kept.get(folder);
    // A manifest is replaced once, at the end; until then the steps tell whether somebody plays.
    if (kept?.changed === changed && kept.row.status !== 'running') return kept.row;
    const row = { ...readRow(path, size), id: idOf(folder), run: runName(folder, root), evaluation };
    const whole = { ...row, isLive: row.status === 'running' && isGrowing(folder) };
    this.#kept.set(folder, { changed, row: whole });
    this.#folders.set(whole.id, folder);
    return whole;
  }
}

type RowFacts = Omit<EpisodeRow, 'id' | 'run' | 'evaluation' | 'isLive'>;

function readRow(path: string, size: number): RowFacts {
  const unreadable: RowFacts = {
    ...{ game: '?', policy: '?', seed: 0, score: null, decisions: null, status: 'unreadable', started: '' },
  };
  if (size > MAX_MANIFEST_BYTES) return unreadable;
  try {
    const read = rowSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!read.success) return unreadable;
    const { status, game, policy, seed, started, result } = read.data;
    const [score, decisions] = [result?.score ?? null, result?.decisions ?? null];
    return { game: game.name, policy: policy.id, seed, score, decisions, status, started };
  } catch {
    return unreadable;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone meanwhile, or not ours to read.
    return [];
  }
}

/** A name for a folder that tells no path, and is the same at every start. */
export function idOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

function runName(folder: string, root: string): string {
  return relative(root, folder) || basename(folder);
}
