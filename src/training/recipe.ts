/** What all training runs share: recipes as files, and a folder that holds one run alone. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../core/errors.js';
import { readText } from '../core/read-file.js';
import { inWords } from '../core/system-error.js';
import { parseYamlConfig } from '../core/yaml-config.js';
import { type Precision, productPrecision } from '../model/runtime/index.js';

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

/** Reads a recipe. Rejects with `config` with every problem, `usage` where there is no such file. */
export async function readRecipeFile<Recipe>(
  path: string,
  { schema, example, manual }: RecipeKind<Recipe>,
): Promise<Recipe> {
  const text = await readText(path).catch((cause: unknown) => {
    throw new AgentError('usage', 'the training configuration cannot be read', {
      expected: `a YAML file such as ${example}`,
      got: inWords(cause),
      where: path,
      cause,
    });
  });
  return parseYamlConfig(text, path, schema, manual);
}

/** What must be the same for a run to go on bit for bit; saved with its states. */
export type RunIdentity = {
  /** Hash of what decides what is learnt. */
  readonly recipe: string;
  /** Of the products in this process. */
  readonly precision: Precision;
};

/** @param decisive plain JSON that decides what is learnt. TensorFlow must be loaded. */
export function runIdentity(decisive: object): RunIdentity {
  const recipe = createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 32);
  return { recipe, precision: productPrecision() };
}

/** Throws `usage` where a folder's saved state is of another run, or was computed in another precision. */
export function requireSameRun(
  saved: { readonly [key: string]: unknown } | undefined,
  { recipe, precision }: RunIdentity,
  folder: string,
): void {
  if (saved === undefined) return;
  if (saved.recipe !== recipe) {
    throw new AgentError('usage', 'the folder holds a run of another recipe', {
      expected: `a run of recipe ${recipe}`,
      got: String(saved.recipe),
      where: folder,
      next: 'name another folder with --out, or what the run began with',
    });
  }
  if (saved.precision !== precision) {
    throw new AgentError('usage', 'the folder holds a run in another precision', {
      expected: precision,
      got: String(saved.precision),
      where: folder,
      next: `go on with --precision ${saved.precision}, or name another folder with --out`,
    });
  }
}
