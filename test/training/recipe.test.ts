/** Which runs a folder's states belong to. */
import { describe, expect, it } from 'vitest';
import { requireSameRun, runIdentity } from '../../src/training/recipe.js';

describe('the identity of a run', () => {
  const own = runIdentity({ steps: 3 });

  it('lets a run go on that was saved under it, and one that is new', () => {
    expect(() => requireSameRun(JSON.parse(JSON.stringify(own)), runIdentity({ steps: 3 }), 'runs/a')).not.toThrow();
    expect(() => requireSameRun(undefined, own, 'runs/a')).not.toThrow();
  });

  it('refuses a run of another recipe', () => {
    const other = runIdentity({ steps: 4 });
    expect(() => requireSameRun(other, own, 'runs/a')).toThrow('a run of another recipe');
  });

  it('refuses a run in another precision and says how to go on with it', () => {
    const saved = { ...own, precision: 'bfloat16' };
    expect(() => requireSameRun(saved, own, 'runs/a')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ got: 'bfloat16', next: expect.stringContaining('--precision bfloat16') }),
      }),
    );
  });
});
