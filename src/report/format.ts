/** Numbers as people read them. The exact ones are in report.json and in the page's `data` elements. */
const MINUS = '\u2212';
const NARROW_SPACE = '\u202f';
/** What stands where there is no number. */
export const NOTHING = '–';

/** A score: about four digits, and never a row of zeros. */
export function formatScore(value: number | null): string {
  if (value === null) return NOTHING;
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 0.001)) return signed(value, exponential);
  return signed(value, (x) => grouped(x, x >= 1000 ? 0 : x >= 100 ? 1 : x >= 10 ? 1 : 2));
}

/** A number on an axis: as many decimals as the distance between ticks needs. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e7 || step < 1e-4) return signed(value, exponential);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return signed(value, (x) => grouped(x, Math.min(6, decimals)));
}

/** With its sign, for differences. */
export function formatDifference(value: number | null): string {
  return value !== null && value > 0 ? `+${formatScore(value)}` : formatScore(value);
}

export function formatInterval(
  interval: readonly [number, number] | null,
  format: (value: number) => string = formatScore,
): string {
  return interval === null ? NOTHING : `${format(interval[0])} to ${format(interval[1])}`;
}

/** A share as a percentage; one that is not zero never reads as zero. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `<0.1${NARROW_SPACE}%`;
  if (percent < 100 && percent > 99.9) return `>99.9${NARROW_SPACE}%`;
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(1)}${NARROW_SPACE}%`;
}

/** A normalised score, where 1 is the reference. */
export function formatNormalised(value: number | null): string {
  if (value === null) return NOTHING;
  return Math.abs(value) >= 1000 ? formatScore(value) : signed(value, (x) => x.toFixed(2));
}

export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1) return `${digits(milliseconds * 1000)}${NARROW_SPACE}µs`;
  if (milliseconds < 1000) return `${digits(milliseconds)}${NARROW_SPACE}ms`;
  const seconds = milliseconds / 1000;
  return seconds < 1e6 ? `${digits(seconds)}${NARROW_SPACE}s` : `${exponential(seconds)}${NARROW_SPACE}s`;
}

export function formatCount(count: number): string {
  return Math.abs(count) >= 1e12 ? exponential(count) : grouped(count, 0);
}

/** `1 episode`, `2 episodes`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function signed(value: number, format: (size: number) => string): string {
  const text = format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function grouped(value: number, decimals: number): string {
  const [whole = '', fraction] = value.toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** Such as `1.50×10³⁰⁰`. */
function exponential(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  const raised = exponent
    .replace('+', '')
    .replace(/[-\d]/g, (digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(digit)] ?? '');
  return `${mantissa}×10${raised}`;
}
