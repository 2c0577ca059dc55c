/** The mean score over the decisions of an episode, with the quartiles of the episodes. */
import { mean, quantile } from '../evaluation/index.js';
import type { Curve } from './report-data.js';
import { scoreAt, type Trace } from './score-trace.js';

/** Places at which the curve is computed, from the start to the longest episode's end. */
const PLACES = 101;

/** An episode that is over keeps its score, so that the end of the curve is the mean score. Null of no trace. */
export function scoreCurve(traces: readonly Trace[]): Curve | null {
  const longest = traces.reduce((most, { decisions }) => Math.max(most, decisions.at(-1) ?? 0), 0);
  if (longest === 0) return null;
  const places = Math.min(PLACES, longest + 1);
  const decisions = Array.from({ length: places }, (_, index) => Math.round((index * longest) / (places - 1)));
  const columns = decisions.map((decision) => Float64Array.from(traces, (trace) => scoreAt(trace, decision)));
  return {
    decisions,
    mean: columns.map((scores) => bounded(mean(scores))),
    low: columns.map((scores) => bounded(quantile(scores, 0.25))),
    high: columns.map((scores) => bounded(quantile(scores, 0.75))),
  };
}

/** Sums of absurd scores leave the range of numbers; a line is drawn to the range's edge. */
function bounded(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}
