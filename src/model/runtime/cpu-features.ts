/** What the CPU can do that matters to TensorFlow. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

export interface CpuFeatures {
  /** The CPU's name as the system gives it. */
  readonly model: string;
  /** Cores this process may use. */
  readonly cores: number;
  /** Extensions found, among those that change TensorFlow's speed. */
  readonly extensions: readonly string[];
  /** Whether oneDNN's bfloat16 mode is faster than, and different from, float32 here. */
  readonly bfloat16: boolean;
}

const interesting = ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'amx_bf16', 'bf16'];

/** Reads the running machine. Where there is no /proc/cpuinfo (macOS) no extension is reported. */
export function readCpuFeatures(): CpuFeatures {
  let text = '';
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // Not Linux: the flags stay unknown, which only closes the bfloat16 mode.
  }
  return { model: cpus()[0]?.model ?? 'unknown CPU', cores: availableParallelism(), ...parseCpuFlags(text) };
}

/** The flags of the first core in the text of /proc/cpuinfo (`flags` on x86, `Features` on Arm). */
export function parseCpuFlags(cpuinfo: string): Pick<CpuFeatures, 'extensions' | 'bfloat16'> {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const present = new Set(line.trim().split(/\s+/));
  const extensions = interesting.filter((name) => present.has(name));
  const bfloat16 = ['amx_bf16', 'avx512_bf16', 'bf16'].some((name) => present.has(name));
  return { extensions, bfloat16 };
}
