/** Counts of passed, failed and skipped tests out of the test runners' own files. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export const noTests = () => ({ passed: 0, failed: 0, skipped: 0 });

/** @param {Counts[]} all @returns {Counts} */
export function addCounts(all) {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    noTests(),
  );
}

/** From vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
export function countVitest(text) {
  const report = JSON.parse(text);
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** From pytest's JUnit XML: the attributes of its one `<testsuite>`. */
export function countPytest(text) {
  const suite = /<testsuite\s[^>]*>/.exec(text)?.[0];
  if (!suite) throw new TypeError('No <testsuite> in the report of pytest');
  const attribute = (name) => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = attribute('failures') + attribute('errors');
  const skipped = attribute('skipped');
  return { passed: attribute('tests') - failed - skipped, failed, skipped };
}

/**
 * What a runner's exit code says beside its report: a run that failed has at least one failure, even if its report is
 * missing or shows none (a crash, an unhandled rejection).
 * @param {number} exitCode
 * @param {() => Counts} count reads the report; may throw
 */
export function countsOf(exitCode, count) {
  let counts;
  try {
    counts = count();
  } catch {
    return { ...noTests(), failed: 1 };
  }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The closing line: `12 passed, 0 failed`, with `, 1 skipped` only where there are some. */
export function totalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
