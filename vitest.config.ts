/** Test runner: processes rather than threads, because TensorFlow, ZeroMQ and `process.env` are per process. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // A test that hangs must not eat the whole run's time, and one that leaves a child behind must be seen.
    dangerouslyIgnoreUnhandledErrors: false,
    env: { NO_COLOR: '1' },
  },
});
