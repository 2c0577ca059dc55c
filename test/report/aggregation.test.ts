/** What is kept of a million decisions: traces, histograms and examples, against the whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerExamples, shorten } from '../../src/report/answer-examples.js';
import { LatencyHistogram } from '../../src/report/latency-histogram.js';
import { scoreCurve } from '../../src/report/score-curve.js';
import { ScoreTrace, scoreAt } from '../../src/report/score-trace.js';

const traceOf = (scores: readonly number[]) => {
  const trace = new ScoreTrace();
  for (const score of scores) trace.add(score);
  return trace.finish();
};

describe('a score trace', () => {
  it('keeps a bounded number of points, each of them true, and the last one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3000 }), (scores) => {
        const trace = traceOf(scores);
        expect(trace.decisions.length).toBe(trace.scores.length);
        expect(trace.decisions.length).toBeLessThanOrEqual(131);
        expect(trace.decisions.at(-1)).toBe(scores.length);
        trace.decisions.forEach((decision, index) => {
          expect(trace.scores[index]).toBe(decision === 0 ? 0 : scores[decision - 1]);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is read between its points, and keeps its score behind the end', () => {
    const trace = traceOf([10, 20, 30]);
    expect(scoreAt(trace, 0)).toBe(0);
    expect(scoreAt(trace, 1.5)).toBe(15);
    expect(scoreAt(trace, 3)).toBe(30);
    expect(scoreAt(trace, 1000)).toBe(30);
    expect(scoreAt(traceOf([]), 5)).toBe(0);
  });

  it('becomes a curve of means and quartiles', () => {
    const curve = scoreCurve([traceOf([1, 2, 3, 4]), traceOf([3, 6])]);
    expect(curve).toEqual({
      decisions: [0, 1, 2, 3, 4],
      mean: [0, 2, 4, 4.5, 5],
      low: [0, 1.5, 3, 3.75, 4.5],
      high: [0, 2.5, 5, 5.25, 5.5],
    });
    expect(scoreCurve([])).toBeNull();
    expect(scoreCurve([traceOf([])])).toBeNull();
  });

  it('of absurd scores still has numbers to draw', () => {
    const curve = scoreCurve([traceOf([1e308, 1.7e308]), traceOf([1.7e308, 1.7e308])]);
    for (const values of [curve?.mean, curve?.low, curve?.high]) expect(values?.every(Number.isFinite)).toBe(true);
  });
});

describe('a latency histogram', () => {
  const milliseconds = fc.double({ min: 0.001, max: 1e7, noNaN: true });

  it('has quantiles within 1 % of the exact ones, however the times are spread over several', () => {
    fc.assert(
      fc.property(
        fc.array(milliseconds, { minLength: 1, maxLength: 400 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, share) => {
          const parts = [new LatencyHistogram(), new LatencyHistogram()] as const;
          for (const [index, time] of times.entries()) parts[(index % 2) as 0 | 1].add(time);
          parts[0].addAll(parts[1]);
          const exact = [...times].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * times.length) - 1)] as number;
          expect(Math.abs(parts[0].quantile(share) - exact) / exact).toBeLessThan(0.0101);
          expect(parts[0].highest).toBe(Math.max(...times));
          expect(parts[0].coarse().reduce((sum, { count }) => sum + count, 0)).toBe(times.length);
        },
      ),
    );
  });

  it('has ends: nothing is too short or too long for it', () => {
    const histogram = new LatencyHistogram();
    for (const time of [0, 1e-9, 1e300]) histogram.add(time);
    expect(histogram.count).toBe(3);
    expect(histogram.highest).toBe(1e300);
    expect(histogram.coarse().length).toBeLessThan(200);
    expect(new LatencyHistogram().quantile(0.5)).toBeNaN();
    expect(new LatencyHistogram().coarse()).toEqual([]);
  });
});

describe('examples of answers', () => {
  it('are the most frequent ones, counted over episodes', () => {
    const [one, other] = [new AnswerExamples(), new AnswerExamples()];
    for (const text of ['a', 'b', 'b']) one.add('no-match', text);
    for (const text of ['c', 'b', 'c', 'c']) other.add('no-match', text);
    one.addAll(other);
    expect(one.top(2).map(({ text, count }) => [text, count])).toEqual([
      ['b', 3],
      ['c', 3],
    ]);
  });

  it('stay bounded when every answer is another one', () => {
    const examples = new AnswerExamples();
    for (let index = 0; index < 5000; index++) examples.add('no-match', `${index} ${'x'.repeat(10_000)}`);
    const all = examples.top(10_000);
    expect(all.length).toBe(2000);
    expect(Math.max(...all.map(({ text }) => text.length))).toBeLessThan(200);
  });

  it('are cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const points = Array.from(text);
        expect(shorten(text, length)).toBe(points.length <= length ? text : `${points.slice(0, length).join('')}…`);
      }),
    );
  });
});
