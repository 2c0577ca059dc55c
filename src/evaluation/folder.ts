/**
 * An evaluation's folder: evaluation.json, one record folder for each episode, results.json. An episode is over when
 * its manifest says so, which is one rename; so a process killed at any moment loses only the episodes it was playing,
 * and none is played twice.
 *
 *     runs/20260102T030405Z-eval-games/
 *       evaluation.json
 *       episodes/carracing/expert/100000/manifest.json, steps.jsonl
 *       results.json
 */

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AgentError, inWords, readText, writeFileAtomic } from '../core/index.js';
import { claimRunFolder, createRunFolder, openRecord } from '../record/index.js';
import { type EpisodeOutcome, outcomeOf } from './episode-outcome.js';
import type { Results } from './results-schema.js';
import {
  EVALUATION_FILE,
  type EvaluationEntry,
  type EvaluationFile,
  evaluationSchema,
  RESULTS_FILE,
} from './schema.js';
import { parseSeeds } from './seed-ranges.js';

export class EvaluationFolder {
  #file: EvaluationFile;

  private constructor(
    readonly path: string,
    file: EvaluationFile,
  ) {
    this.#file = file;
  }

  /** A new folder under `runs`, or the very folder named, which must be new or empty. Rejects with `record`. */
  static async create(
    where: { readonly runs: string } | { readonly exactly: string },
    file: EvaluationFile,
  ): Promise<EvaluationFolder> {
    const path =
      'exactly' in where ? await claimRunFolder(where.exactly) : await createRunFolder(where.runs, nameOf(file));
    const folder = new EvaluationFolder(path, file);
    await folder.update(file);
    return folder;
  }

  /** The evaluation of a folder; undefined where there is none in it. Rejects with `record` where it is damaged. */
  static async open(path: string): Promise<EvaluationFolder | undefined> {
    const where = join(resolve(path), EVALUATION_FILE);
    const text = await readText(where, { followLinks: false }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new AgentError('record', 'the evaluation cannot be read', { got: inWords(error), where, cause: error });
    });
    if (text === undefined) return undefined;
    return new EvaluationFolder(resolve(path), parseEvaluation(text, where));
  }

  get file(): EvaluationFile {
    return this.#file;
  }

  /** In the order they were asked for. */
  get seeds(): number[] {
    return parseSeeds(this.#file.seeds, join(this.path, EVALUATION_FILE));
  }

  /** Replaces evaluation.json whole. */
  async update(changes: Partial<EvaluationFile>): Promise<void> {
    this.#file = { ...this.#file, ...changes };
    await this.#write(EVALUATION_FILE, this.#file);
  }

  async writeResults(results: Results): Promise<void> {
    await this.#write(RESULTS_FILE, results);
  }

  /** Where the episodes of an entry lie, each in a folder named by its seed. */
  entryFolder({ game, policy }: Pick<EvaluationEntry, 'game' | 'policy'>): string {
    return join(this.path, 'episodes', fileName(game), fileName(policy));
  }

  episodeFolder(entry: Pick<EvaluationEntry, 'game' | 'policy'>, seed: number): string {
    return join(this.entryFolder(entry), String(seed));
  }

  /**
   * The episodes of an entry that are there, by seed, ascending, as their manifests say; also those that a killed
   * process left running. One whose manifest cannot be read is left out: `takeStock` finds it and sees to it.
   */
  async outcomes(entry: Pick<EvaluationEntry, 'game' | 'policy'>): Promise<EpisodeOutcome[]> {
    const names = await readdir(this.entryFolder(entry)).catch((): string[] => []);
    const seeds = names.filter((name) => /^\d+$/.test(name)).map(Number);
    const outcomes: EpisodeOutcome[] = [];
    for (const seed of seeds.sort((a, b) => a - b)) {
      const outcome = await this.#outcome(entry, seed);
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  /** Undefined where the process was killed before there was a manifest, and where it cannot be read. */
  async #outcome(entry: Pick<EvaluationEntry, 'game' | 'policy'>, seed: number): Promise<EpisodeOutcome | undefined> {
    const folder = this.episodeFolder(entry, seed);
    const files = await readdir(folder).catch((): string[] => []);
    if (!files.includes('manifest.json')) return undefined;
    const record = await openRecord(folder).catch(() => undefined);
    return record && outcomeOf(record.manifest, entry.policy);
  }

  async #write(name: string, value: object): Promise<void> {
    const where = join(this.path, name);
    try {
      await writeFileAtomic(where, `${JSON.stringify(value, null, 2)}\n`);
    } catch (error) {
      throw new AgentError('record', 'the evaluation cannot be written', {
        got: (error as Error).message,
        where,
        next: 'free space there, or change the permissions; then start it again, it goes on',
        cause: error,
      });
    }
  }
}

function parseEvaluation(text: string, where: string): EvaluationFile {
  const damaged = (got: string): AgentError =>
    new AgentError('record', 'the evaluation is damaged', {
      expected: 'what `agent eval` wrote, format 1',
      got: got.slice(0, 500),
      where,
      next: 'put back a copy of that file, or start a new evaluation; the episodes beside it are untouched',
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const result = evaluationSchema.safeParse(json);
  if (result.success) {
    try {
      parseSeeds(result.data.seeds);
    } catch (error) {
      throw damaged(`seeds: ${(error as Error).message}`);
    }
    return result.data;
  }
  const [issue] = result.error.issues;
  throw damaged(`${issue?.path.map(String).join('.')}: ${issue?.message}`);
}

function nameOf({ name, seeds }: EvaluationFile): Parameters<typeof createRunFolder>[1] {
  return { started: new Date(), game: 'eval', policy: name, seed: parseSeeds(seeds)[0] ?? 0 };
}

/** A policy may be named `constant:gas` or by a path. Names that differ stay different. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9.-]/g, (sign) => `_${sign.codePointAt(0)?.toString(16)}_`);
  return /^\.+$/.test(plain) ? `_${plain}` : plain;
}
