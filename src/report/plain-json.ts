/** JSON values compared and taken apart. */
import type { PlainJson } from './report-data.js';

/** Text that is equal exactly where the values are, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export interface SharedParts {
  /** The fields that all have with the same value. */
  readonly common: Record<string, PlainJson>;
  /** Of each, the fields that are its own. */
  readonly own: readonly Record<string, PlainJson>[];
}

/** Takes objects apart, field by field: what all share is kept once. */
export function sharedParts(objects: readonly object[]): SharedParts {
  const all = objects.map((value) => JSON.parse(JSON.stringify(value, nonFinite)) as Record<string, PlainJson>);
  const [first = {}] = all;
  const isCommon = (key: string): boolean => {
    const text = canonicalJson(first[key]);
    return all.every((one) => Object.hasOwn(one, key) && canonicalJson(one[key]) === text);
  };
  const keys = new Set(Object.keys(first).filter(isCommon));
  const part = (one: Record<string, PlainJson>, isWanted: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(one).filter(([key]) => isWanted(key)));
  return {
    common: part(first, (key) => keys.has(key)),
    own: all.map((one) => part(one, (key) => !keys.has(key))),
  };
}

/** JSON has no such numbers; a manifest writes them as these words too. */
function nonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
