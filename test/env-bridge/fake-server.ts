/** A server that says what a test tells it to: a ROUTER socket whose answers are a function of the request. */
import { join } from 'node:path';
import { Router } from 'zeromq';

export type FakeRequest = { readonly id: number; readonly op: string } & Readonly<Record<string, unknown>>;

/** A reply's parts; null for silence. A function may answer later, or several times, through `send`. */
export type FakeAnswer = (
  request: FakeRequest,
  send: (parts: readonly FakePart[]) => void,
) => readonly FakePart[] | null;
export type FakePart = object | string | Buffer;

export const HELLO = {
  protocol: 1,
  server: 'fake 1',
  pid: 1,
  versions: { python: '3', Box2D: null },
  limits: { max_message_bytes: 1_000_000, max_environments: 10, session_timeout_s: 60 },
};

export const SPEC = {
  id: 'Fake-v0',
  observation: { shape: [2], dtype: 'uint8', low: 0, high: 255 },
  action: { kind: 'discrete', count: 2, start: 0 },
  action_names: null,
  frame_skip: 1,
  max_episode_steps: null,
  fps: null,
  render: null,
};

/** What a well-behaved server says. */
export const goodAnswer: FakeAnswer = ({ id, op, envs }) => {
  const count = Array.isArray(envs) ? envs.length : 0;
  const results = (result: object) => ({ id, ok: true, results: Array(count).fill(result), elapsed_us: 1 });
  const observations = Buffer.alloc(2 * count, 7);
  if (op === 'hello') return [{ id, ok: true, ...HELLO }];
  if (op === 'make') return [{ id, ok: true, env: 1, spec: SPEC }];
  if (op === 'reset') return [results({ info: {} }), observations];
  if (op === 'step') return [results({ reward: 1, terminated: false, truncated: false, info: {} }), observations];
  return [{ id, ok: true }];
};

export class FakeServer implements AsyncDisposable {
  readonly endpoint: string;
  readonly requests: FakeRequest[] = [];
  answer: FakeAnswer = goodAnswer;
  readonly #socket = new Router({ linger: 0 });
  #loop: Promise<void> = Promise.resolve();

  private constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  static async listen(folder: string): Promise<FakeServer> {
    const server = new FakeServer(`ipc://${join(folder, `fake-${counter++}`)}`);
    await server.#socket.bind(server.endpoint);
    server.#loop = server.#serve().catch(() => {}); // the socket was closed
    return server;
  }

  async #serve(): Promise<void> {
    for await (const [client, header] of this.#socket) {
      const request = JSON.parse(String(header)) as FakeRequest;
      this.requests.push(request);
      const send = (parts: readonly FakePart[]) => void this.#send(client as Buffer, parts);
      const parts = this.answer(request, send);
      if (parts !== null) send(parts);
    }
  }

  async #send(client: Buffer, parts: readonly FakePart[]): Promise<void> {
    const encoded = parts.map((part) =>
      typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part),
    );
    await this.#socket.send([client, ...encoded]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#loop;
  }
}

let counter = 0;
