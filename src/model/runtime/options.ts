/**
 * What a caller may choose about TensorFlow, and what the choice becomes: TensorFlow reads environment variables once,
 * when its library is loaded, so device, precision and threads are settled before that and never after.
 */
import { AgentError } from '../../core/errors.js';
import type { CpuFeatures } from './cpu-features.js';

/** `auto` takes a GPU where TensorFlow sees one; `gpu` fails where it sees none. */
export type Device = 'auto' | 'cpu' | 'gpu';

/**
 * How products of float32 matrices are computed; tensors stay float32. `bfloat16` is for CPUs with AMX or
 * AVX512_BF16, `tf32` for NVIDIA GPUs from Ampere on; both keep the range and lose mantissa bits (8 and 10 remain).
 * With `bfloat16`, products with weights round their operands and results and add up in float32.
 */
export type Precision = 'float32' | 'bfloat16' | 'tf32';

/** Choices for the one TensorFlow of this process. */
export interface RuntimeOptions {
  readonly device?: Device;
  readonly precision?: Precision;
  /** Threads for one op; by default TensorFlow takes every core. */
  readonly threads?: number;
}

/** Options with every default filled in; `threads: null` leaves the number to TensorFlow. */
export interface ResolvedRuntimeOptions {
  readonly device: Device;
  readonly precision: Precision;
  readonly threads: number | null;
}

/**
 * Fills in the defaults (auto, float32, TensorFlow's own threads).
 * Throws `usage` where threads is not a positive whole number.
 * Throws `runtime` where the precision cannot work on this device or CPU.
 */
export function resolveRuntimeOptions(options: RuntimeOptions, cpu: CpuFeatures): ResolvedRuntimeOptions {
  const { device = 'auto', precision = 'float32', threads = null } = options;
  if (threads !== null && !(Number.isInteger(threads) && threads > 0)) {
    throw new AgentError('usage', 'the number of threads is not usable', {
      expected: 'a whole number of at least 1',
      got: String(threads),
    });
  }
  if (precision === 'bfloat16') requireBfloat16(device, cpu);
  if (precision === 'tf32' && device === 'cpu') {
    throw new AgentError('runtime', 'A CPU has no tf32', {
      expected: 'float32 or bfloat16 on device cpu',
      got: 'tf32',
      next: 'choose another precision, or device gpu',
    });
  }
  return { device, precision, threads };
}

/** On a CPU without the instructions oneDNN would quietly stay with float32: that is refused instead. */
function requireBfloat16(device: Device, cpu: CpuFeatures): void {
  if (device === 'gpu') {
    throw new AgentError('runtime', 'bfloat16 is the reduced precision of CPUs here', {
      expected: 'float32 or tf32 on device gpu',
      got: 'bfloat16',
    });
  }
  if (cpu.bfloat16) return;
  throw new AgentError('runtime', 'this CPU does not multiply in bfloat16', {
    expected: 'a CPU with amx_bf16 or avx512_bf16',
    got: cpu.model,
    next: 'leave the precision at float32',
  });
}

/** The variables TensorFlow, oneDNN and cuBLAS read while they load; `undefined` removes one. */
export function runtimeEnvironment(options: ResolvedRuntimeOptions): Record<string, string | undefined> {
  const { device, precision, threads } = options;
  return {
    // 2: errors only. Its narration about CPU features would mix into our standard error.
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    // For products that keep float32 operands (attention); oneDNN heeds it on CPUs with AMX alone.
    TF_SET_ONEDNN_FPMATH_MODE: precision === 'bfloat16' ? 'BF16' : undefined,
    // Left alone, Ampere and later GPUs multiply in tf32 while the tensors say float32.
    NVIDIA_TF32_OVERRIDE: precision === 'tf32' ? undefined : '0',
    ...(device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
    // By default TensorFlow takes all of a GPU's memory at once and leaves none for a second process.
    TF_FORCE_GPU_ALLOW_GROWTH: process.env.TF_FORCE_GPU_ALLOW_GROWTH ?? 'true',
    ...(threads === null ? {} : { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1' }),
  };
}
