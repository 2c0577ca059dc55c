/** How records are written as JSON. */

/**
 * `JSON.stringify`, with numbers that are not finite as the strings `"NaN"`, `"Infinity"` and `"-Infinity"`: bounds of
 * spaces and log-probabilities may be infinite, and JSON would make them null.
 */
export function recordJson(value: object, indent?: number): string {
  return JSON.stringify(value, nonFiniteAsString, indent);
}

function nonFiniteAsString(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
