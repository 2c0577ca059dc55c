/**
 * Marks of the plots. A plot is as wide as the page lets it be: places along it are percentages, sizes and text are in
 * pixels, and lines are drawn in a nested picture that is stretched while its strokes are not. So the same markup is
 * sharp and readable on a phone and on a screen, without a script.
 */
import { formatTick } from '../format.js';
import { html, type Markup, type Value } from './markup.js';
import type { Scale } from './scale.js';

/** Units of a nested picture along each side. */
const UNITS = 1000;

/** A share from 0 to 1 as SVG wants it. */
export function percent(share: number): string {
  return `${Math.round(share * 1e5) / 1e3}%`;
}

/** A plot for the eye; `label` says in words what it shows. */
export function plot(name: string, height: number, label: string, content: Value): Markup {
  return html`<svg class="plot ${name}" width="100%" height="${height}" role="img" aria-label="${label}">${content}</svg>`;
}

/** Lines from top to bottom at an axis's ticks. */
export function gridLines({ ticks, place }: Scale): Markup {
  return html`<g class="grid">${ticks.map((tick) => verticalLine('', place(tick)))}</g>`;
}

export function verticalLine(name: string, x: number, top = '0', bottom = '100%'): Markup {
  return html`<line class="${name}" x1="${percent(x)}" x2="${percent(x)}" y1="${top}" y2="${bottom}"/>`;
}

/** The numbers below a plot, the name of what they count below them. Decoration: the label of the plot says it all. */
export function horizontalAxis(
  scale: Scale,
  title: string,
  format = (tick: number) => formatTick(tick, scale.step),
): Markup {
  const labels = scale.ticks.map((tick) => {
    const x = scale.place(tick);
    return html`<text x="${percent(x)}" y="14" text-anchor="${anchorAt(x)}">${format(tick)}</text>`;
  });
  return html`<svg class="axis" width="100%" height="36" aria-hidden="true">${labels}
    <text class="axis-title" x="50%" y="31" text-anchor="middle">${title}</text></svg>`;
}

/** Text at the ends of an axis stays inside it. */
export function anchorAt(x: number): 'start' | 'middle' | 'end' {
  return x < 0.02 ? 'start' : x > 0.98 ? 'end' : 'middle';
}

/** A dot with a hint that appears under the pointer, and a way to the video where there is one. */
export function dot(x: number, y: number, radius: number, hint: string, video: string | null): Markup {
  const circle = html`<circle class="dot" cx="${percent(x)}" cy="${y.toFixed(1)}" r="${radius}"><title>${hint}</title></circle>`;
  // Out of the way of the Tab key: the table below has the same links.
  return video === null ? circle : html`<a href="${video}" tabindex="-1">${circle}</a>`;
}

/** An interval as a bar and the middle as a diamond. */
export function intervalMark(low: number, middle: number, high: number, y: number, hint: string): Markup {
  return html`<g class="interval"><line x1="${percent(low)}" x2="${percent(high)}" y1="${y}" y2="${y}"/>
    <svg class="diamond" x="${percent(middle)}" y="${y}" overflow="visible"><path d="M-6 0L0-6L6 0L0 6Z"/></svg>
    <title>${hint}</title></g>`;
}

/** Lines and areas, stretched over the whole plot. */
export function stretched(content: Value): Markup {
  return html`<svg class="stretched" width="100%" height="100%" viewBox="0 0 ${UNITS} ${UNITS}" preserveAspectRatio="none">${content}</svg>`;
}

/** Points of a line or area in a stretched picture, from shares; 0 is at the left and at the bottom. */
export function points(shares: readonly (readonly [x: number, y: number])[]): string {
  const units = (share: number): number => Math.round(share * UNITS * 10) / 10;
  return shares.map(([x, y]) => `${units(x)},${units(1 - y)}`).join(' ');
}
