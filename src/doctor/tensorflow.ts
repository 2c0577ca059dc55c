/** TensorFlow as it really loads and computes, looked at in a process of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { agentCommand, projectRoot } from '../core/project-paths.js';
import type { RuntimeDescription } from '../model/runtime/index.js';
import type { Finding } from './finding.js';
import { lastJson, runProbe } from './run-probe.js';

/**
 * What the probe prints: the runtime, and the speed of a float32 product of two 512² matrices, the best within half a
 * second.
 */
export interface TensorflowAnswer {
  readonly runtime: RuntimeDescription;
  readonly gigaflops: number;
}

const probeSource = (moduleUrl: string): string => `
const { describeRuntime, loadTensorFlow } = await import(${JSON.stringify(moduleUrl)});
const tf = await loadTensorFlow();
const a = tf.randomUniform([512, 512]);
const product = () => tf.tidy(() => tf.matMul(a, a).dataSync());
product();
let best = Infinity;
const end = performance.now() + 500;
for (let i = 0; i < 5 || performance.now() < end; i += 1) {
  const began = performance.now();
  product();
  best = Math.min(best, performance.now() - began);
}
const gigaflops = (2 * 512 ** 3) / 1e6 / best;
console.log(JSON.stringify({ runtime: await describeRuntime(), gigaflops }));
`;

/** Loads TensorFlow in a child process and multiplies; then says which device and fp modes there are. */
export async function inspectTensorflow(): Promise<Finding[]> {
  const moduleUrl = pathToFileURL(join(projectRoot, 'dist', 'model', 'runtime', 'index.js')).href;
  const answer = await runProbe(process.execPath, ['--input-type=module', '--eval', probeSource(moduleUrl)]);
  const data = answer.ok ? (lastJson(answer.stdout) as TensorflowAnswer | undefined) : undefined;
  if (data) return describeTensorflow(data, hasNvidiaDriver());
  return [
    {
      id: 'tensorflow',
      title: 'TensorFlow',
      status: 'problem',
      found: answer.ok ? 'an answer that cannot be read' : answer.why,
      meaning: 'models and the expert cannot compute; games still run with the simple policies',
      next: `run \`${agentCommand} setup --force\`. SIGILL means that the CPU lacks AVX, which this TensorFlow needs`,
    },
  ];
}

/** The answer as findings; pure. */
export function describeTensorflow({ runtime, gigaflops }: TensorflowAnswer, driver: boolean): Finding[] {
  const { tensorflow, tfjs, device, threads, kernels, cpu } = runtime;
  const speed = `${Number(gigaflops.toPrecision(3))} GFLOP/s in a 512² product`;
  const unused = driver && device === 'cpu';
  return [
    { id: 'tensorflow', title: 'TensorFlow', status: 'ok', found: `${tensorflow}, with tfjs ${tfjs}` },
    {
      id: 'device',
      title: 'Device',
      status: unused ? 'warning' : 'ok',
      found: `${device}${device === 'cpu' ? ` (${cpu.model})` : ''}, ${threads} threads, layers by ${kernels}, ${speed}`,
      ...(unused
        ? {
            meaning: 'there is an NVIDIA driver, but TensorFlow computes on the CPU',
            next: `run \`${agentCommand} setup --gpu\`; if it has run, see that nvidia-smi shows the GPU`,
          }
        : {}),
      details: { device, threads, kernels, cores: cpu.cores, cpu: cpu.model, gigaflops: Number(gigaflops.toFixed(1)) },
    },
    {
      id: 'precision',
      title: 'fp modes',
      status: 'ok',
      found: `${fpModes(runtime).join(', ')} (CPU: ${cpu.extensions.join(' ') || 'unknown'})`,
      details: { modes: fpModes(runtime), extensions: [...cpu.extensions] },
    },
  ];
}

/** The precisions that `loadTensorFlow` would accept on this device. */
export function fpModes({ device, cpu }: RuntimeDescription): string[] {
  if (device === 'gpu') return ['float32', 'tf32'];
  return cpu.bfloat16 ? ['float32', 'bfloat16'] : ['float32'];
}

function hasNvidiaDriver(): boolean {
  return existsSync('/proc/driver/nvidia/version');
}
