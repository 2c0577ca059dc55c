/** Wordings with names in braces. */

/** Puts values into a wording's `{names}`. */
export function inWording(wording: string, values: Readonly<Record<string, string | number>>): string {
  return wording.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}
