/** Players out of files of the user's own: found, loaded, recorded; and what is said where that cannot be. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createPolicy, createView, needsOf } from '../../src/players/index.js';
import { isModule } from '../../src/players/module.js';
import { fakeSpec, frame } from '../agent/support/fake-environment.js';
import { carracing } from '../agent/support/games.js';

const folder = mkdtempSync(join(tmpdir(), 'modules-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
/** A module of this text, under a path that was not imported before. */
function moduleOf(text: string): string {
  const file = join(folder, `policy-${++written}.mjs`);
  writeFileSync(file, text);
  return file;
}

const OWN = `
class Own {
  id = 'mine';
  provenance = { way: 'left' };
  needs = ['pictures'];
  isBatchInvariant = true;
  asked = 0;
  constructor(action) { this.action = action; }
  async begin() {}
  async act(situations) {
    this.asked += situations.length;
    return situations.map(() => ({ kind: 'action', action: this.action }));
  }
  async end() {}
  async [Symbol.asyncDispose]() { globalThis.ownAsked = this.asked; }
}
export default {
  name: 'own', argument: { name: 'ACTION', isRequired: false }, description: '', needs: ['pictures'],
  create: async (action = '0') => new Own(Number(action)),
};`;

describe('a module', () => {
  it.each([
    ['./my-policy.mjs', true],
    ['my-policy.js:left', true],
    ['/a b/c.mjs:x:y', true],
    ['script:first.mjs', false],
    ['pae-lamm:models/a.js', false],
    ['random', false],
  ])('is told from a kind: %j', (spec, expected) => {
    expect(isModule(spec)).toBe(expected);
  });

  it('plays, told its argument, under the name of its spec and with the hash of its file', async () => {
    const file = moduleOf(OWN);
    const policy = await createPolicy(`${file}:2`, { game: carracing });
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(policy.id).toBe(`${file}:2`);
    expect(policy.provenance).toEqual({ way: 'left', module_sha256: sha256 });
    expect(policy.needs).toEqual(['pictures']);
    expect(policy.isBatchInvariant).toBe(true);
    await policy.begin({ episode: 'a', seed: 1, env: fakeSpec(), game: carracing });
    const situation = { episode: 'a', step: 0, frames: [frame(0)], observation: frame(0), attempt: 0 };
    expect(await policy.act([situation])).toEqual([{ kind: 'action', action: 2 }]);
    await policy[Symbol.asyncDispose]();
    // Methods of a class keep their own `this`.
    expect((globalThis as { ownAsked?: number }).ownAsked).toBe(1);
    expect(await needsOf(file)).toEqual(['pictures']);
  });

  it.each([
    ['exports nothing', 'export const a = 1;', 'usage', /exports no policy.*no default export/s],
    ['exports something else', 'export default () => 3;', 'usage', /exports no policy.*type function/s],
    ['is no JavaScript', 'export default {', 'policy_failure', /cannot be loaded/],
    ['throws', 'throw new Error("no key");', 'policy_failure', /got: +no key/],
    ['imports what is not there', 'import "not-there-at-all";', 'policy_failure', /not-there-at-all/],
  ])('that %s is refused by name', async (_, text, code, message) => {
    const file = moduleOf(text);
    const made = createPolicy(file, { game: carracing });
    await expect(made).rejects.toMatchObject({ code });
    await expect(made).rejects.toThrow(message);
    await expect(made).rejects.toThrow(file);
  });

  it('that is not there, or whose argument is not wanted, is refused', async () => {
    const absent = join(folder, 'absent.mjs');
    await expect(createPolicy(absent, { game: carracing })).rejects.toMatchObject({ code: 'usage' });
    const mute = moduleOf(
      `export default { name: 'mute', argument: null, description: '', create: async () => null };`,
    );
    await expect(createPolicy(`${mute}:x`, { game: carracing })).rejects.toThrow(/mute takes no argument/);
  });

  it('that a record names is not run to look at the record', async () => {
    const file = moduleOf('globalThis.wasRun = true; export default {};');
    const view = await createView(file, { game: { name: 'own', frames: 1 } });
    expect(view(frame(5))[0]?.data[0]).toBe(5);
    expect('wasRun' in globalThis).toBe(false);
  });
});
