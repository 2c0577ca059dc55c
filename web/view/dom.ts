/** Elements in a line. Texts become text nodes: nothing out of a record is ever read as HTML. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Properties = Readonly<Record<string, unknown>>;

/**
 * An element. `class`, `aria-…`, `data-…`, `role` and `for` become attributes, `on…` listeners, the rest properties.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  append(element, children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG; all its properties are attributes. */
export function svg(tag: string, attributes: Properties = {}, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** Puts other children in the place of those that are there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function set(element: HTMLElement, name: string, value: unknown): void {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value as EventListener);
  else if (name === 'class' || name === 'role' || name === 'for' || name.includes('-')) {
    element.setAttribute(name, String(value));
  } else (element as unknown as Record<string, unknown>)[name] = value;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (child instanceof Node) element.append(child);
    else if (typeof child === 'object') append(element, child);
    else element.append(String(child));
  }
}
