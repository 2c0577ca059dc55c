import { describe, expect, it } from 'vitest';
import { addCounts, countPytest, countsOf, countVitest, totalLine } from '../../scripts/lib/test-counts.mjs';

const pytestXml =
  '<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="2" ' +
  'skipped="3" tests="20" time="1.5"><testcase name="a" tests="99"/></testsuite></testsuites>';

const vitestJson = (testResults: object[], numbers: object = {}) =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    ...numbers,
    testResults,
  });

describe('countPytest', () => {
  it('takes errors for failures and leaves skipped ones out of those that passed', () => {
    expect(countPytest(pytestXml)).toEqual({ passed: 14, failed: 3, skipped: 3 });
  });

  it('refuses a report without a suite', () => {
    expect(() => countPytest('<testsuites/>')).toThrow(TypeError);
  });
});

describe('countVitest', () => {
  it('counts tests', () => {
    expect(countVitest(vitestJson([{ status: 'passed', assertionResults: [] }]))).toEqual({
      passed: 5,
      failed: 0,
      skipped: 2,
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(countVitest(vitestJson([{ status: 'failed', assertionResults: [] }])).failed).toBe(1);
    const withTest = [{ status: 'failed', assertionResults: [{ status: 'failed' }] }];
    expect(countVitest(vitestJson(withTest, { numFailedTests: 1 })).failed).toBe(1);
  });
});

describe('countsOf', () => {
  const good = () => ({ passed: 3, failed: 0, skipped: 0 });

  it('never reports a failed run as good', () => {
    expect(countsOf(0, good).failed).toBe(0);
    expect(countsOf(1, good).failed).toBe(1);
  });

  it('counts a missing report as a failure, whatever the exit code', () => {
    const missing = () => {
      throw new Error('ENOENT');
    };
    expect(countsOf(0, missing)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('totalLine', () => {
  it('adds up, and names skipped tests only where there are some', () => {
    const sum = addCounts([
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 2 },
    ]);
    expect(totalLine(sum)).toBe('7 passed, 1 failed, 2 skipped');
    expect(totalLine({ passed: 7, failed: 0, skipped: 0 })).toBe('7 passed, 0 failed');
  });
});
