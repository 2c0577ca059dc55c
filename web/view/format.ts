/** Numbers as people read them. */

export function score(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} ms`;
}

export function dollars(value: number | null): string {
  return value === null ? 'price not known' : `$${value.toPrecision(3)}`;
}

/** Minutes and seconds of the game. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}.${Math.floor((seconds - whole) * 10)}`;
}

export function date(iso: string): string {
  return iso === '' ? '–' : iso.slice(0, 16).replace('T', ' ');
}

/** The checkpoint's folder says nothing more than its name. */
export function policy(id: string): string {
  return id.replace(/^([a-z-]+):(?:models\/)?(\1-.*)$/, '$2');
}
