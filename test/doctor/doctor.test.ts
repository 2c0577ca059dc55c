import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/doctor/collect.js';
import { describeDisk } from '../../src/doctor/disk.js';
import { describeEmulators, type EmulatorAnswer, inspectEmulators } from '../../src/doctor/emulators.js';
import { diagnose, type Finding } from '../../src/doctor/finding.js';
import { inspectPackages } from '../../src/doctor/packages.js';
import { lastJson, runProbe } from '../../src/doctor/run-probe.js';
import { inspectSetUp, inspectTools, toolFinding } from '../../src/doctor/set-up-state.js';
import { describeTensorflow, inspectTensorflow } from '../../src/doctor/tensorflow.js';
import type { RuntimeDescription } from '../../src/model/runtime/index.js';

const byId = (findings: readonly Finding[], id: string) => findings.find((finding) => finding.id === id);
const good: Finding = { id: 'a', title: 'A', status: 'ok', found: '1' };

describe('diagnose', () => {
  it('is healthy with warnings, not with a problem', () => {
    expect(diagnose([good, { ...good, status: 'warning' }]).healthy).toBe(true);
    expect(diagnose([good, { ...good, status: 'problem' }]).healthy).toBe(false);
  });
});

describe('guarded', () => {
  it('turns an inspection that breaks into a problem of its own', async () => {
    const broken = await guarded('Disk', () => Promise.reject(new Error('no statfs')));
    expect(broken).toMatchObject([{ id: 'disk', status: 'problem', found: 'no statfs' }]);
    expect(await guarded('A', async () => good)).toEqual([good]);
  });
});

describe('runProbe', () => {
  const node = (script: string, timeoutMilliseconds = 20_000) =>
    runProbe(process.execPath, ['--eval', script], { timeoutMilliseconds });

  it('gives the output of a program that works', async () => {
    const answer = await node('console.log("noise"); console.log(JSON.stringify({ a: 1 }))');
    expect(answer.ok && lastJson(answer.stdout)).toEqual({ a: 1 });
  });

  it('says in words why there is none', async () => {
    const why = async (promise: ReturnType<typeof runProbe>) => {
      const answer = await promise;
      return answer.ok ? '' : answer.why;
    };
    expect(await why(runProbe('/no/such/program', []))).toBe('/no/such/program is not there');
    expect(await why(node('console.error("first"); console.error("last"); process.exit(3)'))).toBe(
      'last (exit code 3)',
    );
    expect(await why(node('process.kill(process.pid, "SIGILL"); setTimeout(() => {}, 5000)'))).toMatch(
      /killed by SIGILL/,
    );
    expect(await why(node('setTimeout(() => {}, 60000)', 300))).toBe('no answer in 0.3 s');
  });
});

describe('emulators', () => {
  const answer: EmulatorAnswer = {
    python: '3.11.7',
    executable: '/env/bin/python',
    packages: { gymnasium: '1.4.0', 'ale-py': '0.12.1' },
    emulators: [{ id: 'CarRacing-v3', ok: true, millisecondsPerStep: 4.25 }],
  };

  it('shows versions and milliseconds', () => {
    const findings = describeEmulators(answer, false);
    expect(diagnose(findings).healthy).toBe(true);
    expect(byId(findings, 'python-environment')!.found).toContain('gymnasium 1.4.0');
    expect(byId(findings, 'emulator:CarRacing-v3')!.found).toContain('4.25 ms');
  });

  it("tells the owner of a custom environment what to install, and others to repair the project's", () => {
    const broken: EmulatorAnswer = {
      ...answer,
      packages: { gymnasium: '1.4.0', 'ale-py': null },
      emulators: [{ id: 'ALE/SpaceInvaders-v5', ok: false, error: 'ModuleNotFoundError: ale_py' }],
    };
    const custom = describeEmulators(broken, true);
    expect(diagnose(custom).healthy).toBe(false);
    expect(byId(custom, 'python-environment')!.next).toContain('/env/bin/python -m pip install ale-py');
    expect(byId(describeEmulators(broken, false), 'emulator:ALE/SpaceInvaders-v5')!.next).toContain('agent setup');
  });

  it('really runs both, in the project’s Python', async () => {
    const findings = await inspectEmulators();
    expect(findings.map(({ id, status }) => [id, status])).toEqual([
      ['python-environment', 'ok'],
      ['emulator:CarRacing-v3', 'ok'],
      ['emulator:ALE/SpaceInvaders-v5', 'ok'],
    ]);
  }, 90_000);

  it('says that AGENT_PYTHON is to be corrected where it does not run', async () => {
    const [finding] = await inspectEmulators({ executable: '/no/python', env: {}, isCustom: true });
    expect(finding).toMatchObject({ status: 'problem', found: '/no/python is not there' });
    expect(finding!.next).toContain('AGENT_PYTHON');
  });
});

describe('TensorFlow', () => {
  const cpu = { model: 'Some CPU', cores: 4, extensions: ['avx2', 'amx_bf16'], bfloat16: true };
  const runtime: RuntimeDescription = {
    ...{ tensorflow: '2.21.0', tfjs: '4.22.0', device: 'cpu', precision: 'float32', threads: 4, kernels: 'avx2', cpu },
  };

  it('shows version, device and fp modes', () => {
    const findings = describeTensorflow({ runtime, gigaflops: 249.7 }, false);
    expect(byId(findings, 'device')!.found).toBe(
      'cpu (Some CPU), 4 threads, layers by avx2, 250 GFLOP/s in a 512² product',
    );
    expect(byId(findings, 'precision')!.found).toBe('float32, bfloat16 (CPU: avx2 amx_bf16)');
  });

  it('warns of a GPU that is not used', () => {
    const device = byId(describeTensorflow({ runtime, gigaflops: 1 }, true), 'device')!;
    expect(device.status).toBe('warning');
    expect(device.next).toContain('--gpu');
    const onGpu = describeTensorflow({ runtime: { ...runtime, device: 'gpu' }, gigaflops: 9000 }, true);
    expect(byId(onGpu, 'device')!.status).toBe('ok');
    expect(byId(onGpu, 'precision')!.found).toContain('tf32');
  });

  it('really computes, in a process of its own', async () => {
    const findings = await inspectTensorflow();
    expect(byId(findings, 'tensorflow')).toMatchObject({ status: 'ok' });
    expect(byId(findings, 'device')!.found).toMatch(/GFLOP\/s/);
  }, 90_000);
});

describe('the rest', () => {
  it('tells tools that only the set-up needs from those that every game needs', () => {
    const missing = { name: 'X', ok: false, found: 'not found', why: 'it is needed', install: { apt: 'x' } };
    expect(toolFinding('compiler', missing).status).toBe('warning');
    expect(toolFinding('python', missing)).toMatchObject({ status: 'problem', next: 'install it (apt: x)' });
  });

  it('finds this machine’s tools and what the set-up did', async () => {
    expect((await inspectTools()).map(({ id }) => id)).toEqual(['node', 'npm', 'python', 'compiler']);
    expect((await inspectSetUp()).id).toBe('set-up');
  });

  it('reads package versions, and names missing ones', async () => {
    expect((await inspectPackages()).found).toMatch(/zeromq \d/);
    expect(await inspectPackages('/no/such/folder')).toMatchObject({ status: 'problem' });
  });

  it('judges the disk', () => {
    expect(describeDisk(20e9, '/p').status).toBe('ok');
    expect(describeDisk(0.5e9, '/p').status).toBe('warning');
    expect(describeDisk(1e6, '/p')).toMatchObject({ status: 'problem', found: '1 MB free at /p' });
  });
});
