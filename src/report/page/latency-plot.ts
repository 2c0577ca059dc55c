/** How long a decision takes: the policy's part and the emulator's, on one logarithmic axis. */
import { formatMilliseconds } from '../format.js';
import type { GameReport, Latency } from '../report-data.js';
import { html, type Markup } from './markup.js';
import { figure, plate, plotRow, policyName } from './pieces.js';
import { logScale, type Scale } from './scale.js';
import type { Series } from './series.js';
import { gridLines, horizontalAxis, plot, points, stretched, verticalLine } from './svg.js';

const HEIGHT = 44;

export function latencyPlot(game: GameReport, series: Series): Markup | null {
  const timed = game.policies.filter(({ latency }) => latency.policy ?? latency.emulator);
  const all = timed.flatMap(({ latency }) => [latency.policy, latency.emulator]).filter((one) => one !== null);
  if (all.length === 0) return null;
  const scale = logScale(all.flatMap(({ bins }) => [bins[0]?.low ?? 1, bins.at(-1)?.high ?? 1]));
  const part = (
    title: string,
    side: 'policy' | 'emulator',
  ): Markup => html`<div class="half"><h4>${title}</h4><div class="rows">
    ${timed.map(({ label, latency }) => latencyRow(label, latency[side], scale, series(game, label)))}
    ${horizontalAxis(scale, 'time a decision, logarithmic', formatMillisecondsTick)}</div></div>`;
  return plate(
    'Latency',
    html`How the time of a decision is spread. The solid line is the median, the dashed one the 99th percentile. Of
      episodes played in a batch, a decision’s time is that of its batch.`,
    html`<div class="halves">${part('Policy', 'policy')}${part('Emulator', 'emulator')}</div>`,
  );
}

function latencyRow(label: string, latency: Latency | null, scale: Scale, series: string): Markup {
  if (latency === null) return plotRow(series, policyName(label), 'no decision', null);
  const { bins, p50, p99, count } = latency;
  const most = bins.reduce((highest, bin) => Math.max(highest, bin.count), 1);
  const outline = bins.flatMap(({ low, high, count: height }): [number, number][] => [
    [scale.place(low), (height / most) * 0.92],
    [scale.place(high), (height / most) * 0.92],
  ]);
  const area: [number, number][] = [
    [scale.place(bins[0]?.low ?? 1), 0],
    ...outline,
    [scale.place(bins.at(-1)?.high ?? 1), 0],
  ];
  const numbers = html`median ${figure(p50, formatMilliseconds(p50))}, 99&nbsp;% within ${figure(p99, formatMilliseconds(p99))}`;
  const words = `${label}: median ${formatMilliseconds(p50)}, 99th percentile ${formatMilliseconds(p99)}, of ${count} decisions`;
  return plotRow(
    series,
    policyName(label),
    numbers,
    plot('latency', HEIGHT, words, [
      gridLines(scale),
      stretched(html`<polygon class="area" points="${points(area)}"/>`),
      verticalLine('p50', scale.place(p50)),
      verticalLine('p99', scale.place(p99)),
    ]),
  );
}

/** `1 ms` rather than `1.0 ms`: ticks are powers of ten. */
function formatMillisecondsTick(milliseconds: number): string {
  return formatMilliseconds(milliseconds).replace(/\.0(?=\D)/, '');
}
