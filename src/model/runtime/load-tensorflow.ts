/**
 * The one place that loads TensorFlow and chooses device, precision and threads. They hold for the whole process:
 * asking again for the same is free, asking for something else is an error rather than a quiet no.
 */
import { AgentError } from '../../core/errors.js';
import { agentCommand } from '../../core/project-paths.js';
import { type CpuFeatures, readCpuFeatures } from './cpu-features.js';
import type { GraphBinding } from './graph-tracer.js';
import { type LayersBinding, requireTensorFlow, type TensorFlow } from './native-binding.js';
import {
  type Precision,
  type ResolvedRuntimeOptions,
  type RuntimeOptions,
  resolveRuntimeOptions,
  runtimeEnvironment,
} from './options.js';

/** What is loaded, as plain data for manifests and `agent doctor`. */
export interface RuntimeDescription {
  /** Version of the TensorFlow library, such as 2.21.0. */
  readonly tensorflow: string;
  readonly tfjs: string;
  /** The device that computes: what `auto` became. */
  readonly device: 'cpu' | 'gpu';
  readonly precision: string;
  /** Threads for one op. */
  readonly threads: number;
  /** The kernels of whole layers, such as `avx2`; `tensorflow` where layers are made of TensorFlow's operations. */
  readonly kernels: string;
  readonly cpu: CpuFeatures;
}

/** Says that no kernels of our own run. */
const TENSORFLOW = 'tensorflow';

interface Loaded {
  readonly tf: TensorFlow;
  readonly graph: GraphBinding;
  readonly options: ResolvedRuntimeOptions;
  readonly description: RuntimeDescription;
}

let loaded: Loaded | undefined;

/**
 * tfjs on this machine's TensorFlow. An option left out takes its default on the first call, and what is already
 * loaded on later ones.
 * Rejects with `runtime` for a device or precision that is not there, or that differs from what is loaded;
 *   `setup` where the set-up has not run.
 * @internal
 */
export async function loadTensorFlow(options: RuntimeOptions = {}): Promise<TensorFlow> {
  loaded ??= await load(options);
  requireSame(loaded, options);
  return loaded.tf;
}

/**
 * Loads TensorFlow with these options; models that are loaded later run on it. Without a call the first model loads it
 * with the defaults. Rejects with an `AgentError` as `loadTensorFlow`: `runtime` for what is not there or differs from
 * what is loaded, or `setup`
 */
export async function prepareTensorFlow(options: RuntimeOptions = {}): Promise<void> {
  await loadTensorFlow(options);
}

/** What was loaded; loads it with the defaults if nothing is loaded yet. */
export async function describeRuntime(): Promise<RuntimeDescription> {
  await loadTensorFlow();
  return loaded!.description;
}

/** How products of matrices are computed in this process; float32 as long as nothing is loaded. */
export function productPrecision(): Precision {
  return loaded?.options.precision ?? 'float32';
}

/** Whether layers run as one operation of our own where no gradient is recorded; false as long as nothing is loaded. */
export function layersAreFused(): boolean {
  return loaded !== undefined && loaded.description.kernels !== TENSORFLOW;
}

/** What builds graph functions. TensorFlow must be loaded. @internal */
export function graphBinding(): GraphBinding {
  if (loaded) return loaded.graph;
  throw new AgentError('internal', 'TensorFlow is not loaded yet');
}

async function load(given: RuntimeOptions): Promise<Loaded> {
  const cpu = readCpuFeatures();
  const options = resolveRuntimeOptions(given, cpu);
  const { tf, binding, graph, layers } = withEnvironment(runtimeEnvironment(options), requireTensorFlow);
  await tf.ready();
  const device = binding.isUsingGpuDevice() ? 'gpu' : 'cpu';
  requireDevice(options, device);
  // Who starts several processes gives each its share of the cores by this variable, which TensorFlow reads itself.
  const threads = options.threads ?? (Number(process.env.TF_NUM_INTRAOP_THREADS) || cpu.cores);
  const description = {
    tensorflow: binding.TF_Version,
    tfjs: tf.version.tfjs,
    device,
    precision: options.precision,
    threads,
    kernels: device === 'cpu' && options.precision === 'float32' ? chooseKernels(layers, threads) : TENSORFLOW,
    cpu,
  } as const;
  return { tf, graph, options, description };
}

/**
 * The kernels that `AGENT_KERNELS` names, or the best that the CPU has; those for any CPU are slower than TensorFlow's
 * operations and taken only by name. Throws `usage` for what the CPU has not.
 */
function chooseKernels(layers: LayersBinding, threads: number): string {
  const wanted = process.env.AGENT_KERNELS ?? '';
  if (wanted === TENSORFLOW) return TENSORFLOW;
  try {
    const chosen = layers.open(threads, wanted);
    return wanted === '' && chosen === 'portable' ? TENSORFLOW : chosen;
  } catch (cause) {
    throw new AgentError('usage', 'AGENT_KERNELS names kernels that do not run here', {
      expected: `avx512, avx2 or portable, as far as this CPU has them, or ${TENSORFLOW} for none`,
      got: wanted,
      next: 'leave it unset for the best that there is',
      cause,
    });
  }
}

/**
 * TensorFlow, oneDNN and CUDA read their variables partly at load and partly at the first op, so they stay set; they
 * are not handed to child processes by accident, because the emulators do not use TensorFlow.
 */
function withEnvironment<T>(variables: Record<string, string | undefined>, action: () => T): T {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return action();
}

function requireDevice({ device, precision }: ResolvedRuntimeOptions, found: 'cpu' | 'gpu'): void {
  if (device === 'gpu' && found === 'cpu') {
    throw new AgentError('runtime', 'TensorFlow sees no GPU', {
      expected: 'device gpu',
      got: 'only a CPU',
      next: `run \`${agentCommand} doctor\`: it shows the driver and which TensorFlow is installed (\`${agentCommand} setup --gpu\`)`,
    });
  }
  const wrong = (found === 'cpu' && precision === 'tf32') || (found === 'gpu' && precision === 'bfloat16');
  if (wrong) {
    throw new AgentError('runtime', `device auto became ${found}, which has no ${precision}`, {
      expected: found === 'cpu' ? 'float32 or bfloat16' : 'float32 or tf32',
      got: precision,
      next: 'name the device, or leave the precision at float32',
    });
  }
}

function requireSame({ options, description }: Loaded, asked: RuntimeOptions): void {
  const device = asked.device === undefined || asked.device === 'auto' || asked.device === description.device;
  const precision = asked.precision === undefined || asked.precision === options.precision;
  const threads = asked.threads === undefined || asked.threads === description.threads;
  if (device && precision && threads) return;
  const show = (o: RuntimeOptions) => `device ${o.device}, precision ${o.precision}, threads ${o.threads}`;
  throw new AgentError('runtime', 'TensorFlow is already loaded with other choices', {
    expected: show({ device: description.device, precision: options.precision, threads: description.threads }),
    got: show({ ...options, threads: description.threads, ...asked }),
    next: 'choose once, before the first use; another choice needs another process',
  });
}
