/** What a completion script is made from. */

/** What may stand behind an option or a command, beside files. */
export interface Words {
  readonly commands: readonly CompletedCommand[];
  readonly games: readonly string[];
  readonly policies: readonly string[];
  readonly models: readonly string[];
}

export interface CompletedCommand {
  /** One word, or two for a command of a group. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its own argument is one of. */
  readonly argument: ValueKind;
}

export interface CompletedOption {
  readonly names: readonly string[];
  readonly description: string;
  readonly value: ValueKind;
}

/** What a value is: one of the known names, one of these words, a file, or nothing that could be completed. */
export type ValueKind = 'games' | 'policies' | 'models' | 'file' | 'none' | readonly string[];
