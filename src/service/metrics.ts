/** What Prometheus can read of the service. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];
const BATCHES = [1, 2, 4, 8, 16, 32, 64];

export class Metrics {
  readonly registry = new Registry();
  readonly requests: Counter<'status'>;
  readonly seconds: Histogram;
  readonly batches: Histogram;
  readonly promptTokens: Counter;
  readonly answerTokens: Counter;

  /** @param waiting how many requests wait just now. */
  constructor(waiting: () => number) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: 'agent_service_requests_total',
      help: 'Chat completions by the HTTP status of their response; 499: the client left',
      labelNames: ['status'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'agent_service_request_seconds',
      help: 'From the head of a chat completion to the end of its response',
      buckets: SECONDS,
      registers,
    });
    this.batches = new Histogram({
      name: 'agent_service_batch_size',
      help: 'Requests that went through the model together',
      buckets: BATCHES,
      registers,
    });
    this.promptTokens = new Counter({ name: 'agent_service_prompt_tokens_total', help: 'Tokens read', registers });
    this.answerTokens = new Counter({ name: 'agent_service_answer_tokens_total', help: 'Tokens written', registers });
    new Gauge({
      name: 'agent_service_waiting_requests',
      help: 'Requests in the queue',
      registers,
      collect() {
        this.set(waiting());
      },
    });
  }
}
