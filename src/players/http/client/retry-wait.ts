/** How long to wait before a failed request is sent again. */
import type { Random } from '../../../core/index.js';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** A service that asks for more patience than this is given up for now. */
export const LONGEST_RETRY_AFTER_MS = 120_000;

/** Milliseconds that a response asks to wait for; undefined where it says nothing that can be read. */
export function retryAfter(headers: Headers, now = Date.now()): number | undefined {
  const milliseconds = number(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get('retry-after');
  const seconds = number(text);
  if (seconds !== undefined) return seconds * 1000;
  // Of a date by HTTP, which begins with the day of the week: a plain number would be read as a year or a month.
  const date = /^\s*[a-z]{3,9},? /i.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Doubles from failure to failure up to half a minute; drawn from its upper half, so that many do not come at once. */
export function backoff(failures: number, random: Random): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(most * (0.5 + random.next() / 2));
}

function number(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
