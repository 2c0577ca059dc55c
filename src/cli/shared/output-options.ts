/**
 * Options that name what is written. Each says what may stand there, and all are looked at before a command begins:
 * a wrong name costs no episode, and nothing of the user's is written over.
 */
import { type Command, Option } from 'commander';
import { requireOutputFile, requireOutputFolder } from '../../core/index.js';

/** An option with a file to write. */
export class OutputFile extends Option {
  /** @param endings what its name may end in */
  constructor(
    flags: string,
    description: string,
    readonly endings: readonly string[],
  ) {
    super(flags, description);
  }
}

/** What a folder that is not empty must hold to be gone on with. */
export interface Continued {
  readonly kind: string;
  readonly holds: RegExp;
}

/** An option with a folder to write into. */
export class OutputFolder extends Option {
  /** @param continued left out: a new or empty folder only */
  constructor(
    flags: string,
    description: string,
    readonly continued?: Continued,
  ) {
    super(flags, description);
  }
}

export const EVALUATION: Continued = { kind: 'an evaluation to go on with', holds: /^evaluation\.json$/ };
export const DATASET: Continued = { kind: 'a dataset to go on with', holds: /^(dataset\.json|shards)$/ };
export const REPORT: Continued = { kind: 'a report to replace', holds: /^report\.html$/ };
export const EXPERIMENT: Continued = { kind: 'an experiment to go on with', holds: /^experiment\.json$/ };
export const EYE_TEST: Continued = {
  kind: 'eye tests to go on with',
  holds: /^(models|numbers\.csv|report\.(html|md|csv|json))$/,
};
/** What the trainings leave first: one that was stopped at any moment can go on. */
export const TRAINING: Continued = {
  kind: 'a training to go on with',
  holds: /^(start|events|data|stages|model|curve\.jsonl|tellings\.json|checkpoint\.pt|step-\d+)$/,
};

/** Gives commands that write files the option to replace them. */
export function addOverwriteOption(command: Command): void {
  if (!command.options.some((option) => option instanceof OutputFile)) return;
  command.option('--overwrite', 'replace files that are there already');
}

/** Gives commands that write a table of models the option to add to one. */
export function addAppendOption(command: Command): void {
  command.option('--append', 'with --table: keep the rows of other models and seeds that the file has');
}

/** Rejects with `usage` for the first output of the command that cannot be written, or must not. */
export async function checkOutputs(command: Command): Promise<void> {
  const values = command.opts();
  for (const option of command.options) {
    const value: unknown = values[option.attributeName()];
    // `--record` without a file is no name, and a default is not the user's word.
    if (typeof value !== 'string' || command.getOptionValueSource(option.attributeName()) !== 'cli') continue;
    const where = option.long ?? option.flags;
    if (option instanceof OutputFile) {
      const overwrite = values.overwrite === true || (option.attributeName() === 'table' && values.append === true);
      await requireOutputFile(value, { endings: option.endings, overwrite, where });
    } else if (option instanceof OutputFolder) await requireOutputFolder(value, { ...option.continued, where });
  }
}
