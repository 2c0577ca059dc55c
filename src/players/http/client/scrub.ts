/** Keeps a key out of whatever a service sends back. */

/** Shorter ones are no secrets but placeholders (`none`, `EMPTY`), which are words of answers too. */
const SHORTEST_KEY = 6;

/** Replaces the key in a text, as it is and as URLs, JSON, hexadecimal digits and base64 write it. */
export type Scrub = (text: string) => string;

export function createScrub(apiKey: string | undefined): Scrub {
  if (apiKey === undefined || apiKey.length < SHORTEST_KEY) return (text) => text;
  const inJson = JSON.stringify(apiKey).slice(1, -1);
  const inHex = Buffer.from(apiKey).toString('hex');
  const forms = [apiKey, encodeURIComponent(apiKey), inJson, inHex, inHex.toUpperCase(), ...inBase64(apiKey)];
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[key]'), text);
}

/**
 * The digits that base64 and base64url have for a key, wherever in a longer text it stands: three bytes make four
 * digits, so there are three ways. Digits that belong to its neighbours too are left out.
 */
function inBase64(key: string): string[] {
  const alone = Buffer.from(key).toString('base64').replace(/=+$/, '');
  const within = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(key)]);
    const [first, last] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(first, last));
  });
  return [alone, ...within];
}
