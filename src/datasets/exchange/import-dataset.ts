/** Data of other programs as a dataset of this one. */
import { basename } from 'node:path';
import type { ImportChoices } from './import-hf.js';
import { openHuggingFace } from './import-hf.js';
import { openLeRobot } from './import-lerobot.js';
import { openMinari } from './import-minari.js';
import { SourceFolder } from './source-folder.js';
import { hashSource } from './source-hash.js';
import { type ImportOptions, writeDataset } from './write-dataset.js';

/** Layouts of others that are read. */
export const IMPORT_FORMATS = ['hf', 'lerobot', 'minari'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface ImportDatasetOptions extends ImportChoices, Omit<ImportOptions, 'imported'> {
  readonly format: ImportFormat;
}

export interface ImportResult {
  readonly folder: string;
  /** What the source did not hold, and what stands in its place, in sentences. */
  readonly missing: readonly string[];
}

const OPEN = { hf: openHuggingFace, lerobot: openLeRobot, minari: openMinari } as const;

/**
 * Reads a folder of another layout and writes it as a dataset, which is there whole or not at all. Nothing outside the
 * folder is read, and nothing but `out` is written.
 * Rejects with `dataset` where the source is damaged, leads out of its folder or does not fit the game; with `usage`
 * where no game is named and one must be, or `out` is taken.
 */
export async function importDataset(folder: string, options: ImportDatasetOptions): Promise<ImportResult> {
  const { format, out, signal, onEpisode } = options;
  const source = await SourceFolder.open(folder);
  const opened = await OPEN[format](source, options);
  const sha256 = await hashSource(source, signal);
  const imported = { format, source: basename(source.path), sha256, missing: [...opened.missing] };
  return { folder: await writeDataset(opened, { out, imported, signal, onEpisode }), missing: opened.missing };
}
