/** What a worker sent as JSON, held against what it must be. */
import type { z } from 'zod';
import { inWords } from '../core/index.js';

/** @param refused makes the error to throw of what is wrong */
export function parseAs<S extends z.ZodType>(schema: S, text: string, refused: (got: string) => Error): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refused(inWords(error));
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(`${issue?.path.map(String).join('.')}: ${issue?.message}`);
}
