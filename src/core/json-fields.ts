/** JSON objects that a person wrote; what cannot be written as JSON, such as YAML's `.nan`, is named by its place. */
import { z } from 'zod';
import type { JsonObject } from './json.js';

export const jsonFields = z
  .record(z.string(), z.unknown())
  .superRefine((fields, context) => refuseOthers(fields, [], context)) as unknown as z.ZodType<JsonObject>;

function refuseOthers(value: unknown, path: readonly (string | number)[], context: z.RefinementCtx): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (typeof value !== 'object') {
    context.addIssue({ code: 'invalid_type', expected: 'number', input: value, path: [...path] });
    return;
  }
  for (const [key, item] of Object.entries(value))
    refuseOthers(item, [...path, Array.isArray(value) ? Number(key) : key], context);
}
