/** Which page is shown: as the address says, now and whenever it changes. */
import { type Address, readAddress, writeAddress } from './address.js';
import { el, fill } from './dom.js';
import { episodePage } from './episode-page.js';
import { humanPage } from './human-page.js';
import { listPage } from './list-page.js';
import { liveSource, stayHere } from './live-source.js';
import type { Page } from './page.js';
import type { Source } from './source.js';
import { isExport, staticSource } from './static-source.js';

/** How often a page that waits for a game looks for one. */
const LOOK_MS = 500;

const source: Source = isExport() ? staticSource : liveSource;
const root = document.getElementById('app') as HTMLElement;
const gone = el(
  'p',
  { class: 'gone', role: 'alert', hidden: true },
  'The server has ended. What was loaded can still be looked at.',
);
let shown: Page | undefined;
/** Counts up: a page that was slow to come must not take the place of a later one. */
let asked = 0;

function go(address: Address): void {
  location.hash = writeAddress(address);
}

async function show(): Promise<void> {
  const number = ++asked;
  const address = readAddress(location.hash);
  const focused = document.activeElement?.id;
  const page = await pageOf(address).catch((error: unknown) => failurePage(error));
  if (number !== asked) {
    page.close();
    return;
  }
  shown?.close();
  shown = page;
  document.title = page.title;
  fill(root, gone, page.element);
  keepFocus(focused, number > 1);
}

/** Where the list was drawn anew one goes on in the same place; a page that is another begins at its beginning. */
function keepFocus(focused: string | undefined, isLater: boolean): void {
  const again = focused ? document.getElementById(focused) : null;
  if (again && root.contains(again)) {
    again.focus();
    if (again instanceof HTMLInputElement && again.type === 'search') {
      again.setSelectionRange(again.value.length, again.value.length);
    }
  } else if (isLater) {
    const main = document.getElementById('main');
    if (main) main.tabIndex = -1;
    main?.focus();
  }
}

function pageOf(address: Address): Promise<Page> {
  const { server } = source;
  if (address.kind === 'episodes' && address.ids.length > 0) return episodePage(source, address);
  if (address.kind === 'live' && server) return waitingPage();
  if (address.kind === 'play' && server) return Promise.resolve(humanPage(server));
  return listPage(
    source,
    address.kind === 'list' ? address : (readAddress('') as Extract<Address, { kind: 'list' }>),
    go,
  );
}

/** Until a game begins; then its episode stands here. */
async function waitingPage(): Promise<Page> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  const look = async (): Promise<void> => {
    const id = await source.server?.live().catch(() => null);
    if (isClosed) return;
    if (id) location.replace(writeAddress({ kind: 'episodes', ids: [id], at: null, by: 'decision', speed: 1 }));
    else timer = setTimeout(look, LOOK_MS);
  };
  void look();
  return {
    title: 'Waiting for a game',
    element: el(
      'main',
      { id: 'main' },
      el('h1', {}, 'Waiting for a game to begin …'),
      el('p', {}, el('a', { href: '#/' }, 'All episodes')),
    ),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function failurePage(error: unknown): Page {
  const words = error instanceof Error ? error.message : String(error);
  return {
    title: 'Not shown',
    element: el(
      'main',
      { id: 'main' },
      el('h1', {}, 'This cannot be shown'),
      el('p', { class: 'bad' }, words),
      el('p', {}, el('a', { href: '#/' }, 'All episodes')),
    ),
    close: () => {},
  };
}

window.addEventListener('hashchange', () => {
  // The link that skips to the content names no page.
  if (location.hash !== '#main') void show();
});
if (source.server) {
  stayHere((isThere) => {
    gone.hidden = isThere;
  });
}
void show();
