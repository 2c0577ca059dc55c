/** A manifest and a step line that fit the schema, to be changed in one place. */
import type { Manifest, StepLine } from '../../../src/record/index.js';
import { fakeSpec } from '../../replay/support/fake-game.js';

export const HASH = '0123456789abcdef0123456789abcdef';

export const manifest: Manifest = {
  format: 1,
  status: 'finished',
  game: { name: 'fake', config: { title: 'Fake', nested: { list: [1, null, 'x'] } } },
  arguments: { given: ['play', '--seed', '7'], resolved: { seed: 7 } },
  policy: { id: 'random', provenance: { device: 'cpu', parameters: 12, frozen: null } },
  seed: 7,
  env: fakeSpec() as Manifest['env'],
  versions: { agent: '0.1.0', gymnasium: '1.4.0' },
  git: { commit: 'a'.repeat(40), dirty: true },
  started: '2026-01-02T03:04:05.678Z',
  finished: '2026-01-02T03:05:05.678Z',
  error: null,
  result: {
    score: -1.25,
    decisions: 20,
    terminated: true,
    truncated: false,
    counters: { parsed: 20 },
    chain: HASH,
    recoveries: 0,
    timing: { policy: { p50: 1, p99: 2 }, emulator: { p50: 0.5, p99: 3 } },
  },
};

export const stepLine: StepLine = {
  step: 1,
  raw: 'left',
  parse: { ok: true, action: 1, form: 'exact' },
  answered: 1,
  executed: 1,
  fallback: null,
  attempts: 1,
  rejected: [],
  reward: -0.1,
  terminated: false,
  truncated: false,
  observation: HASH,
  policyMs: 1.5,
  emulatorMs: 0.25,
  chain: HASH,
};
