/** Signs of the buttons, drawn: not every machine's letters have them. */
import { svg } from './dom.js';

const PATHS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  back: 'M10.5 3v10L5 8z',
  on: 'M5.5 3v10L11 8z',
  first: 'M3 3h2v10H3zM13 3v10L6 8z',
  last: 'M11 3h2v10h-2zM3 3v10l7-5z',
} as const;

export function icon(name: keyof typeof PATHS): SVGElement {
  const box = { viewBox: '0 0 16 16', width: 16, height: 16, fill: 'currentColor', 'aria-hidden': 'true' };
  return svg('svg', box, svg('path', { d: PATHS[name] }));
}
