/** What Prometheus can read of a worker or a coordinator. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { AgentError, inWords } from '../core/index.js';
import type { WorkerReport } from './worker-report.js';

export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
  /** Takes over what a worker says of itself. */
  worker(report: WorkerReport): void;
  /** Of a coordinator. */
  run(now: { readonly open: number; readonly accepted: number; readonly refused: number; workers: number }): void;
}

/** Serves GET /metrics. Rejects with `connection` where the port is taken. */
export async function serveMetrics(port: number, host: string): Promise<MetricsServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = new Map<string, Gauge>();
  const set = (name: string, help: string, value: number): void => {
    const gauge = gauges.get(name) ?? new Gauge({ name, help, registers: [registry] });
    gauges.set(name, gauge);
    gauge.set(value);
  };
  const server = createServer(async (request, response) => {
    const isAsked = request.method === 'GET' && request.url === '/metrics';
    response.writeHead(isAsked ? 200 : 404, { 'content-type': isAsked ? registry.contentType : 'text/plain' });
    response.end(isAsked ? await registry.metrics() : 'GET /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new AgentError('connection', 'the port for metrics cannot be had', { got: inWords(error), cause: error })),
    );
    server.listen(port, host, resolve);
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}/metrics`,
    worker: ({ played, active }) => {
      set('agent_worker_played_episodes', 'Episodes that this worker has played', played);
      set('agent_worker_active_episodes', 'Episodes that it plays now', active);
    },
    run: ({ open, accepted, refused, workers }) => {
      set('agent_queue_open_episodes', 'Episodes of the run that are not in its folder yet', open);
      set('agent_queue_accepted_episodes', 'Records that this coordinator has taken in', accepted);
      set('agent_queue_refused_answers', 'Answers that it has refused', refused);
      set('agent_queue_workers', 'Workers that were heard of in the last half minute', workers);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
