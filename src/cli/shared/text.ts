/** Text for a terminal: harmless, and numbers, durations and columns written alike everywhere. */
import stringWidth from 'string-width';
import { harmlessName, harmlessText } from '../../core/harmless.js';

const ESCAPE = '\u001b';
/** The styles of `Console.style`: the only escapes that pass. */
export const OWN_STYLES = new RegExp(`(${ESCAPE}\\[(?:1|2|22|31|32|33|36|39)m)`);

/** Keeps newlines, tabs and the console's own styles. */
export function harmless(text: string): string {
  return unlessStyles(text, harmlessText);
}

/** Keeps tabs and the console's own styles: what is meant as one line is one, whatever the names in it. */
export function harmlessLine(line: string): string {
  return unlessStyles(line, (part) => part.split('\t').map(harmlessName).join('\t'));
}

function unlessStyles(text: string, change: (part: string) => string): string {
  return text
    .split(OWN_STYLES)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}

/** A score of one episode: whole numbers as they are. */
export function formatScore(score: number): string {
  return Number.isInteger(score) ? String(score) : score.toFixed(2);
}

/** A score as tables round it. */
export function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}

/** An interval as tables write it. */
export function range(interval: readonly [number, number] | null): string {
  return interval === null ? '-' : `${number(interval[0])} .. ${number(interval[1])}`;
}

/** Columns as wide as their widest text on a terminal; the first two to the left, numbers to the right. */
export function align(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(harmlessName));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? '')))) ?? [];
  const padded = (text: string, column: number): string => {
    const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(text)));
    return column < 2 ? text + space : space + text;
  };
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** A share from 0 to 1. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '-' : `${(100 * share).toFixed(digits)} %`;
}

/** Seconds as `45 s`, `3:20` or `1:03:20`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
