import { describe, expect, it } from 'vitest';
import { SetupError } from '../../scripts/lib/setup-error.mjs';
import { chooseVariant, hasNvidiaDriver } from '../../scripts/lib/tensorflow-variant.mjs';

const withGpu = { env: {}, detect: () => true };
const withoutGpu = { env: {}, detect: () => false };

describe('chooseVariant', () => {
  it('looks at the machine where nobody chose', () => {
    expect(chooseVariant(withGpu)).toEqual({ variant: 'gpu', chosen: 'machine' });
    expect(chooseVariant(withoutGpu)).toEqual({ variant: 'cpu', chosen: 'machine' });
  });

  it('prefers the flag, then the environment', () => {
    const env = { AGENT_TENSORFLOW: 'cpu' };
    expect(chooseVariant({ ...withGpu, env, flag: 'gpu' }).variant).toBe('gpu');
    expect(chooseVariant({ ...withGpu, env }).variant).toBe('cpu');
    expect(chooseVariant({ ...withGpu, env: { AGENT_TENSORFLOW: 'auto' } }).variant).toBe('gpu');
  });

  it('keeps what is installed when the machine changes, so that no later start needs the network', () => {
    const installed = { variant: 'cpu', chosen: 'machine' } as const;
    expect(chooseVariant({ ...withGpu, installed })).toEqual(installed);
    expect(chooseVariant({ ...withGpu, installed, fresh: true }).variant).toBe('gpu');
  });

  it('remembers a flag until --auto takes it back', () => {
    const installed = { variant: 'cpu', chosen: 'flag' } as const;
    expect(chooseVariant({ ...withGpu, installed, fresh: true })).toEqual(installed);
    expect(chooseVariant({ ...withGpu, installed, flag: 'auto' }).variant).toBe('gpu');
  });

  it('refuses a word it does not know', () => {
    expect(() => chooseVariant({ ...withGpu, env: { AGENT_TENSORFLOW: 'cuda' } })).toThrow(SetupError);
  });
});

describe('hasNvidiaDriver', () => {
  it('sees the kernel driver or nvidia-smi in PATH', () => {
    expect(hasNvidiaDriver({}, (path: unknown) => path === '/proc/driver/nvidia/version')).toBe(true);
    expect(hasNvidiaDriver({ PATH: '/a:/b' }, (path: unknown) => path === '/b/nvidia-smi')).toBe(true);
    expect(hasNvidiaDriver({ PATH: '/a::/b' }, () => false)).toBe(false);
  });
});
