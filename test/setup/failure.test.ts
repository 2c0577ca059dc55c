/** Errors that nobody caught, in one line: what is missing is named, whatever Node says of it where files run out. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../scripts/lib/failure.mjs';
import { projectRoot } from '../../src/core/project-paths.js';

const missing = (path: string): Error =>
  Object.assign(new Error(`Cannot find package '${path}' imported from a.js`), { code: 'ERR_MODULE_NOT_FOUND' });

describe('describeFailure', () => {
  it.each([
    ['that is not there', '/no/such/package/index.js'],
    // Tests have files enough: a package without its entry is half installed then.
    ['of which a part is there', join(projectRoot, 'no-such-entry.js')],
  ])('names a package %s', (_, path) => {
    expect(describeFailure(missing(path))).toContain(`Cannot find package '${path}'`);
  });

  it('says what to do where files ran out', () => {
    expect(describeFailure(Object.assign(new Error('open'), { code: 'EMFILE' }))).toContain('ulimit -n');
  });
});
