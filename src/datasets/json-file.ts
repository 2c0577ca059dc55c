/** JSON files of a dataset: read and checked in full, or refused by name. */
import type { z } from 'zod';
import { AgentError, inWords, readText } from '../core/index.js';

/** The index of a dataset of a hundred thousand episodes. */
const MAX_JSON_BYTES = 256 * 2 ** 20;

/** Rejects with `dataset` where the file is missing, is no JSON, or does not fit; the error names each field. */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>, next: string): Promise<T> {
  let content: unknown;
  try {
    content = JSON.parse(await readText(path, { maxBytes: MAX_JSON_BYTES }));
  } catch (cause) {
    const got = inWords(cause);
    throw new AgentError('dataset', 'a file of the dataset cannot be read', { got, where: path, next, cause });
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new AgentError('dataset', 'a file of the dataset does not fit', {
    expected: 'the fields of docs/datasets.md, format version 1',
    got: problems.join('; '),
    where: path,
    next,
  });
}
