/** Causes read from what npm, pip and the compiler really print. */
import { describe, expect, it } from 'vitest';
import { knownCause, SetupError } from '../../scripts/lib/setup-error.mjs';

const cases: [string, string, RegExp][] = [
  ['npm without DNS', 'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo', /cannot be reached/],
  [
    'pip without network: the last line is about versions',
    'WARNING: Retrying (Retry(total=0)) after connection broken by NewConnectionError: Failed to establish a new ' +
      'connection: [Errno 101] Network is unreachable\nERROR: No matching distribution found for ale-py==0.12.1',
    /cannot be reached/,
  ],
  ['npm on a full disk', 'npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device', /disk is full/],
  [
    'pip on a full disk',
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
    /disk is full/,
  ],
  ['g++ on a full disk', '/usr/bin/ld: final link failed: No space left on device', /disk is full/],
  ['pip with another file', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', /not the one/],
  ['npm with another file', 'npm error code EINTEGRITY', /not the one/],
  ['a proxy with its own certificate', 'SSLError(SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED)', /certificate/],
  ['a folder of another user', "npm error code EACCES: permission denied, mkdir 'node_modules'", /cannot be written/],
  [
    'a platform without wheels',
    'ERROR: No matching distribution found for box2d==2.3.10',
    /no file of a locked release/,
  ],
];

describe('knownCause', () => {
  it.each(cases)('%s', (_, output, reason) => {
    expect(knownCause(output)?.reason).toMatch(reason);
    expect(knownCause(output)?.next).toBeTruthy();
  });

  it('does not guess', () => {
    expect(knownCause('error: expected ; before } token')).toBeNull();
  });
});

describe('SetupError', () => {
  it('reads as what failed, why, and what to do', () => {
    const error = new SetupError('TensorFlow failed', { reason: 'the disk is full', next: 'free some', log: 'x.log' });
    expect(error.describe()).toBe(
      'TensorFlow failed\n  reason:   the disk is full\n  next:     free some\n  output:   x.log',
    );
  });
});
