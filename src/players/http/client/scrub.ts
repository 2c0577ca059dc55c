/** Keeps a key out of whatever a service sends back. */

/** Shorter ones are no secrets but placeholders (`none`, `EMPTY`), which are words of answers too. */
const SHORTEST_KEY = 6;

/** Replaces the key in a text, as it is and as URLs, JSON and base64 write it. */
export type Scrub = (text: string) => string;

export function createScrub(apiKey: string | undefined): Scrub {
  if (apiKey === undefined || apiKey.length < SHORTEST_KEY) return (text) => text;
  const inJson = JSON.stringify(apiKey).slice(1, -1);
  const inBase64 = Buffer.from(apiKey).toString('base64').replace(/=+$/, '');
  const forms = [apiKey, encodeURIComponent(apiKey), inJson, inBase64];
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[key]'), text);
}
