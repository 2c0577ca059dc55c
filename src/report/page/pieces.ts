/** Small pieces that all parts of the page are made of. */
import { html, type Markup, type Value } from './markup.js';

/** A number as text, with the exact one beside it for programs: `key` names it for tests and scripts. */
export function figure(value: number | null, text: string, key?: string): Markup {
  if (value === null) return html`<span class="nothing">${text}</span>`;
  return key === undefined
    ? html`<data value="${value}">${text}</data>`
    : html`<data value="${value}" id="${key}">${text}</data>`;
}

/** A policy's label: what kind it is, and which one of the kind less loud. */
export function policyName(label: string): Markup {
  const colon = label.indexOf(':');
  if (colon === -1) return html`<span class="policy"><b>${label}</b></span>`;
  return html`<span class="policy"><b>${label.slice(0, colon)}</b><span class="which">${label.slice(colon)}</span></span>`;
}

export interface Column {
  readonly title: string;
  /** What the column means, where the title is not enough; shown on hover and read aloud. */
  readonly hint?: string;
  readonly isText?: boolean;
}

/** Tables with more columns do not fit on a phone. */
const NARROW_COLUMNS = 3;

/** A table that scrolls inside its own box where the page is too narrow for it; on a phone a line above says so. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Value[])[]): Markup {
  const cue =
    columns.length <= NARROW_COLUMNS
      ? null
      : html`<p class="cue" aria-hidden="true">${columns.length} columns: scroll sideways →</p>`;
  return html`${cue}<div class="scroller" role="region" aria-label="${caption}" tabindex="0"><table>
    <caption>${caption}</caption>
    <thead><tr>${columns.map(headCell)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr>${cells.map((cell, index) => bodyCell(cell, index, columns[index]))}</tr>\n`)}</tbody>
  </table></div>`;
}

function headCell({ title, hint, isText }: Column): Markup {
  const name = isText ? 'text' : 'number';
  return hint === undefined
    ? html`<th scope="col" class="${name}">${title}</th>`
    : html`<th scope="col" class="${name}"><abbr title="${hint}">${title}</abbr></th>`;
}

function bodyCell(cell: Value, index: number, column: Column | undefined): Markup {
  if (index === 0) return html`<th scope="row" class="text">${cell}</th>`;
  return html`<td class="${column?.isText ? 'text' : 'number'}">${cell}</td>`;
}

/** A plot with its title and one sentence on how to read it. */
export function plate(title: string, reading: Value, content: Value): Markup {
  return html`<figure class="plate"><figcaption><h3>${title}</h3><p>${reading}</p></figcaption>${content}</figure>`;
}

/** A row of a plot: whose it is, and its numbers, above it. */
export function plotRow(series: string, name: Value, numbers: Value, content: Value): Markup {
  return html`<div class="row ${series}"><p class="row-head">${name}<span class="row-numbers">${numbers}</span></p>${content}</div>`;
}

/** At most `limit` items, evenly from first to last. */
export function sample<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from(
    { length: limit },
    (_, index) => items[Math.round((index * (items.length - 1)) / (limit - 1))] as T,
  );
}
