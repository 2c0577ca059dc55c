/** What all training runs share: recipes as files, and a folder that holds one run alone. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseYamlConfig } from '../agent/yaml-config.js';
import { AgentError } from '../core/errors.js';

const rate = z.number().min(0).default(1);

/** Learning rates of the parts relative to the schedule's. */
export const ratesSchema = z.strictObject({ vision: rate, projector: rate, language: rate });

/** What a kind of recipe looks like, and where it is told. */
export interface RecipeKind<Recipe> {
  readonly schema: z.ZodType<Recipe>;
  /** A recipe that is shipped. */
  readonly example: string;
  /** The page about its fields. */
  readonly manual: string;
}

/** Reads a recipe. @throws AgentError `config` with every problem, `usage` where there is no such file. */
export async function readRecipeFile<Recipe>(
  path: string,
  { schema, example, manual }: RecipeKind<Recipe>,
): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AgentError('usage', 'The training configuration cannot be read', {
      expected: `a YAML file such as ${example}`,
      got: cause instanceof Error ? cause.message : String(cause),
      where: path,
      cause,
    });
  });
  return parseYamlConfig(text, path, schema, manual);
}

/** A hash of what must be the same for a run to go on. */
export function runIdentity(decisive: object): string {
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 32);
}

/** @throws AgentError `usage` where a folder's saved state is of another run. */
export function requireSameRun(
  saved: { readonly [key: string]: unknown } | undefined,
  identity: string,
  folder: string,
): void {
  if (saved === undefined || saved.recipe === identity) return;
  throw new AgentError('usage', 'The folder holds a run of another recipe', {
    expected: `a run of recipe ${identity}`,
    got: String(saved.recipe),
    where: folder,
    next: 'name another folder with --out, or what the run began with',
  });
}
