/** Version numbers, as far as the set-up needs them: dotted numbers, anything after them left out. */

/** '3.11.7+' → [3, 11, 7]; null where no number leads. */
export function parseVersion(text) {
  const match = /(\d+(?:\.\d+)*)/.exec(text);
  return match ? match[1].split('.').map(Number) : null;
}

/** Negative, zero or positive, as `left` is older than, equal to or newer than `right`; missing parts count as 0. */
export function compareVersions(left, right) {
  const a = parseVersion(left) ?? [];
  const b = parseVersion(right) ?? [];
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether `version` is in [from, below). */
export function isWithin(version, from, below) {
  return compareVersions(version, from) >= 0 && (!below || compareVersions(version, below) < 0);
}
