/**
 * Layers in one operation (scripts/native/layers) against the same layers made of TensorFlow's operations, on one
 * machine in one run: decisions, and how near their parts come to what the machine computes at most.
 */
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { readCpuFeatures } from '../src/model/runtime/index.js';
import { type BenchmarkRow, ratioOf } from './benchmark.js';
import { median } from './lib/sampling.js';

/** Each kind runs so often, in turns, so that none has a quieter machine. */
const ROUNDS = 5;

/** TensorFlow's operations, held to AVX2 as on a CPU that has no more: what the kernels for AVX2 are compared with. */
const HELD = 'tensorflow with AVX2';

type Measured = Readonly<Record<'decision' | 'batch' | 'encoder' | 'decoder' | 'product', number>>;

export default async function measure(): Promise<BenchmarkRow[]> {
  const { extensions } = readCpuFeatures();
  const ours = ['avx512', 'avx2', 'portable'].filter(
    (kind) => kind === 'portable' || extensions.some((one) => one.startsWith(kind)),
  );
  const peers = ours.includes('avx512') ? ['tensorflow', HELD] : ['tensorflow'];
  const found = new Map<string, Measured[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of [...ours, ...peers]) found.set(kind, [...(found.get(kind) ?? []), await measureKind(kind)]);
  }
  const of = (kind: string, what: keyof Measured): number => median((found.get(kind) ?? []).map((each) => each[what]));
  const peerOf = (kind: string): string => (kind === 'avx2' ? (peers.at(-1) as string) : 'tensorflow');
  const most = Math.max(...[...found.keys()].map((kind) => of(kind, 'product')));
  return ours.flatMap((kind) => {
    const row = (measure: string, what: keyof Measured, unit: string, goal: string | null): BenchmarkRow => {
      const [own, peer] = [of(kind, what), of(peerOf(kind), what)];
      return { measure: `${kind}: ${measure}`, ours: own, peer, unit, ratio: ratioOf(own, peer), goal };
    };
    const share = (measure: string, what: keyof Measured): BenchmarkRow => ({
      ...{ measure: `${kind}: ${measure}, share of what a product of 1,024² reaches`, unit: '' },
      ...{ ours: of(kind, what) / most, peer: of(peerOf(kind), what) / most, goal: null },
      ratio: ratioOf(of(kind, what), of(peerOf(kind), what)),
    });
    return [
      row('a decision in a running episode', 'decision', 'ms', kind === 'portable' ? null : '<= 0.6'),
      row('one of 16 decisions at once', 'batch', 'ms', null),
      share('the encoder, one picture', 'encoder'),
      share('the decoder, 320 tokens behind 160', 'decoder'),
    ];
  });
}

/** In a process that sees no AVX-512 where the kind is one for a CPU without. */
async function measureKind(kind: string): Promise<Measured> {
  const script = fileURLToPath(new URL('./kernels/child.ts', import.meta.url));
  const isHeld = kind === 'avx2' || kind === HELD;
  const { stdout } = await execaNode(script, [], {
    nodeOptions: ['--import', 'tsx'],
    env: {
      AGENT_KERNELS: kind === HELD ? 'tensorflow' : kind,
      ...(isHeld ? { ONEDNN_MAX_CPU_ISA: 'AVX2' } : {}),
    },
  });
  return JSON.parse(stdout) as Measured;
}
