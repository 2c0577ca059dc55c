import { describe, expect, it } from 'vitest';
import { type CpuFeatures, parseCpuFlags } from '../../../src/model/runtime/cpu-features.js';
import { resolveRuntimeOptions, runtimeEnvironment } from '../../../src/model/runtime/options.js';

const plain: CpuFeatures = { model: 'Old CPU', cores: 2, extensions: ['avx2'], bfloat16: false };
const amx: CpuFeatures = { ...plain, model: 'New CPU', bfloat16: true };

describe('resolveRuntimeOptions', () => {
  it('has defaults', () => {
    expect(resolveRuntimeOptions({}, plain)).toEqual({ device: 'auto', precision: 'float32', threads: null });
  });

  it('refuses what would quietly be something else', () => {
    expect(() => resolveRuntimeOptions({ precision: 'bfloat16' }, plain)).toThrow(/Old CPU/);
    expect(resolveRuntimeOptions({ precision: 'bfloat16' }, amx).precision).toBe('bfloat16');
    expect(() => resolveRuntimeOptions({ precision: 'bfloat16', device: 'gpu' }, amx)).toThrow(/tf32/);
    expect(() => resolveRuntimeOptions({ precision: 'tf32', device: 'cpu' }, amx)).toThrow(/no tf32/);
    expect(() => resolveRuntimeOptions({ threads: 0 }, plain)).toThrow(/whole number/);
    expect(() => resolveRuntimeOptions({ threads: 1.5 }, plain)).toThrow(/whole number/);
  });
});

describe('runtimeEnvironment', () => {
  const variables = (options: object, cpu = amx) => runtimeEnvironment(resolveRuntimeOptions(options, cpu));

  it('asks for exact float32 on every device unless told otherwise', () => {
    expect(variables({})).toMatchObject({ NVIDIA_TF32_OVERRIDE: '0', TF_SET_ONEDNN_FPMATH_MODE: undefined });
    expect(variables({ precision: 'bfloat16' }).TF_SET_ONEDNN_FPMATH_MODE).toBe('BF16');
    expect(variables({ precision: 'tf32' }).NVIDIA_TF32_OVERRIDE).toBeUndefined();
  });

  it('hides the GPUs from device cpu and sets threads only where they were chosen', () => {
    expect(variables({ device: 'cpu' }).CUDA_VISIBLE_DEVICES).toBe('-1');
    expect(variables({})).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
    expect(variables({})).not.toHaveProperty('TF_NUM_INTRAOP_THREADS');
    expect(variables({ threads: 3 }).TF_NUM_INTRAOP_THREADS).toBe('3');
  });
});

describe('parseCpuFlags', () => {
  it('reads x86 and Arm', () => {
    expect(parseCpuFlags('flags\t\t: fpu avx2 amx_bf16 amx_tile\n')).toEqual({
      extensions: ['avx2', 'amx_tile', 'amx_bf16'],
      bfloat16: true,
    });
    expect(parseCpuFlags('Features\t: fp asimd bf16\n').bfloat16).toBe(true);
    expect(parseCpuFlags('flags : avx avx2\n').bfloat16).toBe(false);
    expect(parseCpuFlags('')).toEqual({ extensions: [], bfloat16: false });
  });
});
