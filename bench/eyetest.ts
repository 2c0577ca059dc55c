/**
 * The method of `agent eyetest` against observers whose thresholds are known: how many intervals hold the threshold,
 * whether it is found without bias, and in how many questions. BENCH_OBSERVERS (1,000) sets the observers of each test.
 */
import { EYE_TESTS } from '../src/eyetest/index.js';
import { simulate } from '../test/eyetest/support/observers.js';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';

export default async function measure(): Promise<BenchmarkRow[]> {
  const observers = fromEnvironment('BENCH_OBSERVERS', 1000);
  return EYE_TESTS.flatMap(({ name }) => {
    const began = performance.now();
    const { covered, bias, questions } = simulate(name, observers, 'bench');
    const share = covered / observers;
    const mean = questions.reduce((sum, count) => sum + count, 0) / observers;
    process.stderr.write(`${name}: ${observers} observers in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
    return [
      row(`${name}: thresholds in their interval, of ${observers}`, share, null, 'share', '>= 0.93'),
      row(`${name}: the same, not too many`, share, null, 'share', '<= 0.97'),
      row(`${name}: found thresholds by true ones, whichever is larger`, Math.max(bias, 1 / bias), null, '', '<= 1.05'),
      row(`${name}: most questions`, Math.max(...questions), null, 'questions', '<= 60'),
      row(`${name}: questions on average`, mean, null, 'questions', null),
    ];
  });
}
