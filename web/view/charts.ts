/** Numbers over the decisions: score, reward, entropy, latency; a click goes there. */
import { el, fill, svg } from './dom.js';
import type { Episode } from './episode.js';
import * as format from './format.js';
import type { Parting } from './parting.js';
import type { Player } from './player.js';

const WIDTH = 1000;
const HEIGHT = 64;

const CHARTS = [
  { name: 'score', title: 'Score', words: format.score },
  { name: 'reward', title: 'Reward', words: format.score },
  { name: 'entropy', title: 'Entropy of the choice, bits', words: (value: number) => value.toFixed(2) },
  { name: 'latency', title: 'Latency of the policy', words: format.milliseconds },
] as const;

type Chart = (typeof CHARTS)[number];

interface Plot {
  readonly chart: Chart;
  readonly element: HTMLElement;
  readonly drawing: SVGElement;
  readonly cursor: SVGElement;
  readonly lines: SVGElement;
  readonly now: HTMLElement;
  readonly range: HTMLElement;
}

export class Charts {
  readonly element: HTMLElement;
  readonly #plots: Plot[];
  #drawn = '';

  constructor(
    private readonly episodes: readonly Episode[],
    private readonly player: Player,
    private readonly parting: Parting,
  ) {
    this.#plots = CHARTS.map((chart) => this.#plot(chart));
    this.element = el(
      'div',
      { class: 'charts' },
      this.#plots.map(({ element }) => element),
    );
  }

  /** Draws what has come since; lines are drawn anew only then. */
  draw(): void {
    const last = this.player.last;
    const drawing = `${last} ${this.parting.step}`;
    if (drawing !== this.#drawn) {
      for (const plot of this.#plots) this.#drawLines(plot, last);
      this.#drawn = drawing;
    }
    const x = String(last === 0 ? 0 : (this.player.moment / last) * WIDTH);
    for (const { chart, cursor, now } of this.#plots) {
      cursor.setAttribute('x1', x);
      cursor.setAttribute('x2', x);
      this.episodes.forEach((episode, index) => {
        const value = episode.series[chart.name][this.player.placeIn(episode).step];
        const words = value === null || value === undefined ? '–' : chart.words(value);
        const span = now.children[index] as HTMLElement;
        if (span.textContent !== words) span.textContent = words;
      });
    }
  }

  #plot(chart: Chart): Plot {
    const lines = svg('g');
    const cursor = svg('line', { class: 'cursor', y1: 0, y2: HEIGHT });
    const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
    const drawing = svg('svg', box, lines, cursor);
    // Several have the colours of their lines.
    const ofOne = (index: number) => el('span', { class: this.episodes.length > 1 ? `series-${index}` : '' });
    const now = el(
      'span',
      { class: 'now' },
      this.episodes.map((_, index) => ofOne(index)),
    );
    const range = el('span', { class: 'muted range' });
    drawing.addEventListener('click', (event) => {
      const { left, width } = drawing.getBoundingClientRect();
      this.player.goTo(Math.round(((event.clientX - left) / width) * this.player.last));
    });
    const element = el(
      'div',
      { class: 'chart', 'data-chart': chart.name },
      el('p', { class: 'chart-head' }, el('span', { class: 'chart-title' }, chart.title), ' ', now, range),
      el('div', { class: 'plot' }, drawing),
    );
    return { chart, element, drawing, cursor, lines, now, range };
  }

  #drawLines({ chart, element, lines, range }: Plot, last: number): void {
    const all = this.episodes.map((episode) => episode.series[chart.name]);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const values of all) {
      for (const value of values) {
        if (value === null || !Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    element.hidden = low > high;
    if (element.hidden) return;
    range.textContent = `${chart.words(low)} to ${chart.words(high)}`;
    const heightOf = (value: number): number => HEIGHT - 3 - ((value - low) / (high - low || 1)) * (HEIGHT - 6);
    const parting = this.parting.step === null || last === 0 ? null : (this.parting.step / last) * WIDTH;
    fill(
      lines,
      low < 0 && high > 0 && svg('line', { class: 'zero', x1: 0, x2: WIDTH, y1: heightOf(0), y2: heightOf(0) }),
      all.map((values, index) => svg('path', { class: `line series-${index}`, d: pathOf(values, last, heightOf) })),
      parting !== null && svg('line', { class: 'parting', x1: parting, x2: parting, y1: 0, y2: HEIGHT }),
    );
  }
}

/** The lowest and highest value of each column, so that a peak among ten thousand decisions is seen. */
function pathOf(values: readonly (number | null)[], last: number, heightOf: (value: number) => number): string {
  const columns = Math.min(WIDTH, Math.max(1, values.length));
  const parts: string[] = [];
  let isPen = false;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = from; at < to; at++) {
      const value = values[at];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) {
      isPen = false;
      continue;
    }
    const x = ((last === 0 ? 0 : from / last) * WIDTH).toFixed(1);
    parts.push(`${isPen ? 'L' : 'M'}${x} ${heightOf(low).toFixed(1)}`);
    if (high > low) parts.push(`L${x} ${heightOf(high).toFixed(1)}`);
    isPen = true;
  }
  return parts.join('');
}
