/** Configurations that come with the program, by their names in a folder of `configs`, or anybody's by its path. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { AgentError } from './errors.js';
import { readTextSync } from './read-file.js';
import { inWords } from './system-error.js';

import { didYouMean, parseYamlConfig } from './yaml-config.js';

const ENDING = /\.ya?ml$/;

export interface NamedConfigs<T> {
  /** What one of them is called in messages. */
  readonly what: string;
  readonly folder: string;
  readonly schema: z.ZodType<T>;
  /** The page that describes them. */
  readonly manual: string;
  /** The option that names one, for messages. */
  readonly option?: string;
}

/** Names of the shipped ones. */
export function configNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => ENDING.test(file))
    .map((file) => file.replace(ENDING, ''))
    .sort();
}

/**
 * A shipped one by its name, or any by its path (with a slash, or ending in .yaml). Throws `usage` where there is none,
 * and `config` with every problem where it is wrong.
 */
export function loadNamedConfig<T>(nameOrPath: string, kind: NamedConfigs<T>): T {
  const { what, folder, schema, manual, option } = kind;
  const isPath = nameOrPath.includes('/') || ENDING.test(nameOrPath);
  const names = configNames(folder);
  if (!isPath && !names.includes(nameOrPath)) {
    const similar = didYouMean(nameOrPath, names);
    throw new AgentError('usage', `there is no ${what} ${JSON.stringify(nameOrPath)}`, {
      expected: `one of ${names.join(', ')}, or the path of a YAML file`,
      got: nameOrPath,
      ...(option === undefined ? {} : { where: option }),
      ...(similar === undefined ? {} : { next: `did you mean ${similar}?` }),
    });
  }
  const path = isPath ? nameOrPath : join(folder, `${nameOrPath}.yaml`);
  return parseYamlConfig(read(path, kind), path, schema, manual);
}

function read<T>(path: string, { what, manual }: NamedConfigs<T>): string {
  try {
    return readTextSync(path);
  } catch (error) {
    throw new AgentError('usage', `the ${what}'s file cannot be read`, {
      expected: `a YAML file as ${manual} describes it`,
      got: inWords(error),
      where: path,
      cause: error,
    });
  }
}
