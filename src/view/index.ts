/** Episodes in a browser: live and replayed, side by side, asked about, and played by a person. See docs/view.md. */
export { Asker } from './asker.js';
export { type Exported, exportView } from './export-view.js';
export { idOf, RunList } from './run-list.js';
export { Seat } from './seat.js';
export { startView, type ViewOptions, type ViewServer } from './server.js';
