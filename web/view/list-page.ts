/** The list of episodes and evaluations, and the choice of those that are shown side by side. */

import { type Address, MOST_EPISODES, writeAddress } from './address.js';
import { el, fill } from './dom.js';
import * as format from './format.js';
import { type EpisodeRow, type ListPage, SORT_NAMES } from './list-names.js';
import type { Page } from './page.js';
import { showQueues } from './queue-panel.js';
import type { Source } from './source.js';

type Question = Extract<Address, { kind: 'list' }>;

/** How often a list is asked for again while something is being played, and while nothing is. */
const [BUSY_MS, QUIET_MS] = [2000, 8000];

export async function listPage(source: Source, question: Question, go: (address: Address) => void): Promise<Page> {
  const chosen = new Map<string, EpisodeRow>();
  const table = el('tbody', {});
  const foot = el('div', { class: 'pager' });
  const compare = el('div', { class: 'compare', role: 'status' });
  const head = el('p', { class: 'meta', role: 'status' });
  const queues = el('div', {});
  const wish = (change: Partial<Question>): void => go({ ...question, from: 0, ...change });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const tellChosen = (): void => {
    const rows = [...chosen.values()];
    const ids = rows.map(({ id }) => id);
    const isOneStart = new Set(rows.map(({ game, seed }) => `${game} ${seed}`)).size === 1;
    const canCompare = rows.length >= 2 && rows.length <= MOST_EPISODES && isOneStart;
    const address = writeAddress({ kind: 'episodes', ids, at: null, by: 'decision', speed: 1 });
    const why =
      rows.length < 2
        ? 'Choose two to four episodes of one seed to see them side by side.'
        : isOneStart
          ? 'Four at most.'
          : 'These are not of one game and seed.';
    fill(compare, canCompare ? el('a', { class: 'button', href: address }, `Show ${rows.length} side by side`) : why);
  };

  const show = (page: ListPage): void => {
    const evaluations = page.evaluations.length;
    head.textContent = `${page.total.toLocaleString('en-US')} ${page.total === 1 ? 'episode' : 'episodes'}${evaluations > 0 ? `, ${evaluations} ${evaluations === 1 ? 'evaluation' : 'evaluations'}` : ''}`;
    showQueues(queues, page.evaluations);
    const focused = document.activeElement?.id;
    fill(
      table,
      page.rows.map((row) => rowOf(row, chosen, tellChosen)),
    );
    if (focused && table.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused)?.focus();
    const end = page.from + page.rows.length;
    fill(
      foot,
      page.from > 0 &&
        el(
          'button',
          { type: 'button', id: 'earlier', onclick: () => wish({ from: Math.max(0, page.from - 100) }) },
          '← Earlier rows',
        ),
      page.total > page.rows.length &&
        el('span', { class: 'muted' }, `${page.from + 1} to ${end} of ${page.total.toLocaleString('en-US')}`),
      end < page.total &&
        el('button', { type: 'button', id: 'further', onclick: () => wish({ from: end }) }, 'Further rows →'),
    );
  };

  const again = async (): Promise<void> => {
    const page = await source.list(question).catch(() => null);
    if (isClosed) return;
    if (page) show(page);
    timer = setTimeout(again, page?.rows.some(({ isLive }) => isLive) ? BUSY_MS : QUIET_MS);
  };

  const first = await source.list(question);
  show(first);
  tellChosen();
  if (source.server) timer = setTimeout(again, BUSY_MS);
  return {
    title: 'Episodes',
    element: el(
      'main',
      { id: 'main', class: 'list' },
      el(
        'header',
        { class: 'top' },
        el('div', {}, el('p', { class: 'kind' }, 'agent view'), el('h1', {}, 'Episodes'), head),
        first.canPlay && el('a', { class: 'button', href: '#/play' }, 'Play yourself'),
      ),
      queues,
      filters(question, first, wish),
      compare,
      el('table', { class: 'episodes' }, el('caption', { class: 'hidden' }, 'Episodes'), headRow(), table),
      first.total === 0 &&
        el('p', { class: 'muted empty' }, 'There is no such episode. agent play and agent eval make them.'),
      foot,
    ),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function filters(
  question: Question,
  { evaluations }: ListPage,
  wish: (change: Partial<Question>) => void,
): HTMLElement {
  const option = (value: string, text: string, now: string) => el('option', { value, selected: value === now }, text);
  const search = el('input', {
    type: 'search',
    id: 'words',
    value: question.words,
    placeholder: 'game, policy, seed 7 …',
  });
  let typing: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => wish({ words: search.value }), 250);
  });
  return el(
    'form',
    { class: 'filters', role: 'search', onsubmit: (event: Event) => event.preventDefault() },
    el('label', {}, el('span', {}, 'Search'), search),
    evaluations.length > 0 &&
      el(
        'label',
        {},
        el('span', {}, 'Evaluation'),
        el(
          'select',
          {
            id: 'evaluation',
            onchange: (event: Event) => wish({ evaluation: (event.target as HTMLSelectElement).value }),
          },
          option('', 'all, and single runs', question.evaluation),
          evaluations.map(({ id, run, episodes }) => option(id, `${run} (${episodes})`, question.evaluation)),
        ),
      ),
    el(
      'label',
      {},
      el('span', {}, 'Order'),
      el(
        'select',
        { id: 'order', onchange: (event: Event) => wish({ sort: (event.target as HTMLSelectElement).value }) },
        Object.entries(SORT_NAMES).map(([value, text]) => option(value, text, question.sort)),
      ),
    ),
  );
}

function headRow(): HTMLElement {
  const names = ['Game', 'Policy', 'Seed', 'Score', 'Decisions', 'Status', 'Started'];
  return el(
    'thead',
    {},
    el(
      'tr',
      {},
      el('th', { scope: 'col' }, el('span', { class: 'hidden' }, 'Choose')),
      names.map((name) => el('th', { scope: 'col' }, name)),
    ),
  );
}

function rowOf(row: EpisodeRow, chosen: Map<string, EpisodeRow>, tell: () => void): HTMLElement {
  const { id, game, policy, seed, score, decisions, status, isLive, started } = row;
  const label = `${format.policy(policy)}, seed ${seed}`;
  const isReadable = status !== 'unreadable';
  const box = el('input', {
    type: 'checkbox',
    id: `choose-${id}`,
    checked: chosen.has(id),
    disabled: !isReadable,
    'aria-label': `choose ${label}`,
    onchange: () => {
      if (box.checked) chosen.set(id, row);
      else chosen.delete(id);
      tell();
    },
  });
  const address = writeAddress({ kind: 'episodes', ids: [id], at: null, by: 'decision', speed: 1 });
  const cell = (name: string, ...children: Parameters<typeof el>[2][]) => el('td', { 'data-name': name }, ...children);
  return el(
    'tr',
    { class: isLive ? 'live' : '' },
    el('td', { class: 'choose' }, box),
    cell('Game', game),
    cell('Policy', isReadable ? el('a', { id: `open-${id}`, href: address, title: row.run }, label) : row.run),
    cell('Seed', seed),
    cell('Score', format.score(score)),
    cell('Decisions', decisions ?? '–'),
    cell(
      'Status',
      isLive ? el('strong', { class: 'badge' }, 'being played') : status === 'running' ? 'no end' : status,
    ),
    cell('Started', format.date(started)),
  );
}
