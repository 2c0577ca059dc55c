import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pendingSteps } from '../../scripts/lib/set-up.mjs';
import { bindingArguments } from '../../scripts/lib/steps/binding.mjs';
import { removeOrphans } from '../../scripts/lib/steps/build.mjs';
import { locksAgree } from '../../scripts/lib/steps/packages.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('locksAgree', () => {
  const wanted = {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/mac-only': { version: '2.0.0', integrity: 'sha512-m', optional: true },
  };
  const agree = (installed: object) => {
    writeFileSync(join(folder, 'wanted'), JSON.stringify({ packages: wanted }));
    writeFileSync(join(folder, 'installed'), JSON.stringify({ packages: installed }));
    return locksAgree(join(folder, 'wanted'), join(folder, 'installed'));
  };

  it('accepts all that the lock names, but for optional packages of other platforms', () => {
    expect(agree({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(true);
  });

  it('sees a package missing, of another version, or with another content', () => {
    expect(agree({})).toBe(false);
    expect(agree({ 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } })).toBe(false);
    expect(agree({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } })).toBe(false);
  });

  it('does not accept a missing or damaged note', () => {
    writeFileSync(join(folder, 'wanted'), JSON.stringify({ packages: wanted }));
    expect(locksAgree(join(folder, 'wanted'), join(folder, 'absent'))).toBe(false);
  });
});

describe('removeOrphans', () => {
  it('removes what earlier builds left of sources that are gone, and nothing else', () => {
    const dist = join(folder, 'dist');
    const source = join(folder, 'src');
    for (const path of [join(dist, 'kept'), join(dist, 'gone'), join(source, 'kept')])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(source, 'kept', 'a.ts'), '');
    const made = ['kept/a.js', 'kept/a.d.ts', 'kept/a.js.map', 'kept/b.js', 'kept/b.d.ts', 'gone/c.js', '.tsbuildinfo'];
    for (const name of made) writeFileSync(join(dist, name), '');
    removeOrphans(dist, source);
    expect(made.filter((name) => existsSync(join(dist, name)))).toEqual([
      'kept/a.js',
      'kept/a.d.ts',
      'kept/a.js.map',
      '.tsbuildinfo',
    ]);
  });
});

describe('the environment for training', () => {
  const names = (options: object): string[] =>
    pendingSteps({ force: true, ...options }).map(({ name }: { name: string }) => name);

  it('is six gigabytes that nobody gets who did not ask', () => {
    expect(names({})).not.toContain('training');
    expect(names({ forTests: true })).not.toContain('training');
    expect(names({ forTraining: true })).toContain('training');
  });
});

describe('bindingArguments', () => {
  const given = { tfjs: '/t', headers: '/h', library: '/l', output: '/o.node', sources: ['/s.cc'] };

  it('finds TensorFlow relative to the binding, so that the folder can be moved', () => {
    const linux = bindingArguments({ ...given, platform: 'linux' });
    expect(linux).toContain('-Wl,-rpath,$ORIGIN/../tensorflow/tensorflow');
    expect(linux).toContain('/l/libtensorflow_cc.so.2');
    const mac = bindingArguments({ ...given, platform: 'darwin' });
    expect(mac).toContain('-Wl,-rpath,@loader_path/../tensorflow/tensorflow');
    expect(mac).toContain('/l/libtensorflow_framework.2.dylib');
  });
});
