/** A server that breaks the protocol, is of another version, or is silent: every call ends with a clear error. */
import { describe, expect, it } from 'vitest';
import { connectEmulators, makeEnv, makeVectorEnv } from '../../src/env-bridge/index.js';
import { expectCode } from './env-conformance.js';
import { type FakeAnswer, FakeServer, goodAnswer, HELLO, SPEC } from './fake-server.js';
import { usePrivateTemporaryFolder } from './fixtures.js';

const folder = usePrivateTemporaryFolder();

/** Answers `op` in another way than a good server. */
const except =
  (op: string, answer: FakeAnswer): FakeAnswer =>
  (request, send) =>
    request.op === op ? answer(request, send) : goodAnswer(request, send);

async function withServer<T>(
  answer: FakeAnswer,
  run: (endpoint: string, server: FakeServer) => Promise<T>,
): Promise<T> {
  await using server = await FakeServer.listen(folder.path);
  server.answer = answer;
  return await run(server.endpoint, server);
}

describe('the handshake', () => {
  it('comes first and says who asks', async () => {
    await withServer(goodAnswer, async (endpoint, { requests }) => {
      await using emulators = await connectEmulators({ endpoint });
      expect(requests).toEqual([{ id: 1, op: 'hello', protocol: 1, client: expect.stringMatching(/^\S+ \d+\.\d+/) }]);
      expect(emulators.server).toBe('fake 1');
      expect(emulators.versions).toEqual({ python: '3' }); // Box2D is not installed there
    });
  });

  it('names both versions where they differ: the server says so', async () => {
    const error = {
      code: 'protocol_version',
      message: 'the client speaks protocol 1, this server 2',
      expected: '2',
      got: '1',
    };
    const refuse: FakeAnswer = ({ id }) => [{ id, ok: false, error }];
    await withServer(refuse, async (endpoint) => {
      const refused = await expectCode(connectEmulators({ endpoint }), 'protocol');
      expect(refused.message).toContain('the client speaks protocol 1, this server 2');
    });
  });

  it('names both versions where they differ: the client notices', async () => {
    const answer: FakeAnswer = ({ id }) => [{ id, ok: true, ...HELLO, protocol: 3 }];
    await withServer(answer, async (endpoint) => {
      const error = await expectCode(connectEmulators({ endpoint }), 'protocol');
      expect(error.message).toMatch(/version 1 .*version 3/s);
    });
  });

  it.each<[string, FakeAnswer]>([
    ['an unknown field', ({ id }) => [{ id, ok: true, ...HELLO, colour: 1 }]],
    ['a missing field', ({ id }) => [{ id, ok: true, protocol: 1, server: 'x' }]],
    ['binary parts', ({ id }) => [{ id, ok: true, ...HELLO }, Buffer.alloc(3)]],
    ['no JSON', () => ['{"id": 1, "ok": tr']],
    ['bytes', () => [Buffer.from([0xff, 0xfe, 0])]],
    ['a list', () => ['[1]']],
    ['an empty message', () => ['']],
    ['a foreign id', () => [{ id: 99, ok: true, ...HELLO }]],
    ['no id', () => [{ ok: true, ...HELLO }]],
    ['ok as a number', ({ id }) => [{ id, ok: 1, ...HELLO }]],
    ['an error that is none', ({ id }) => [{ id, ok: false, error: 'no' }]],
    ['an error without an id', () => [{ id: null, ok: false, error: { code: 'malformed', message: 'what?' } }]],
  ])('fails on %s', async (_name, answer) => {
    await withServer(answer, (endpoint) => expectCode(connectEmulators({ endpoint }), 'protocol'));
  });

  it('fails in time on silence', async () => {
    await withServer(
      () => null,
      async (endpoint) => {
        const error = await expectCode(connectEmulators({ endpoint, connectTimeoutMs: 150 }), 'connection');
        expect(error.message).toContain('a ZeroMQ socket that does not answer');
      },
    );
  });
});

describe('replies', () => {
  const spec = (changes: object): FakeAnswer =>
    except('make', ({ id }) => [{ id, ok: true, env: 1, spec: { ...SPEC, ...changes } }]);
  it.each<[string, FakeAnswer]>([
    ['an unknown dtype', spec({ observation: { ...SPEC.observation, dtype: 'float16' } })],
    ['an unknown space', spec({ action: { kind: 'text' } })],
    ['an unknown field', spec({ reward_range: 1 })],
  ])('to make, with %s', async (_name, answer) => {
    await withServer(answer, async (endpoint) => {
      await using emulators = await connectEmulators({ endpoint });
      await expectCode(makeEnv('Fake-v0', { emulators }), 'protocol');
    });
  });

  const good = { reward: 1, terminated: false, truncated: false, info: {} };
  const step = (result: unknown, ...parts: Buffer[]): FakeAnswer =>
    except('step', ({ id }) => [{ id, ok: true, results: [result], elapsed_us: 1 }, ...parts]);
  it.each<[string, FakeAnswer]>([
    ['an unknown field', step({ ...good, done: false }, Buffer.alloc(2))],
    ['frames nobody asked for', step({ ...good, frames: [1, 1, 1] }, Buffer.alloc(2))],
    ['no reward', step({ ...good, reward: undefined }, Buffer.alloc(2))],
    ['a reward in words', step({ ...good, reward: 'much' }, Buffer.alloc(2))],
    ['flags as numbers', step({ ...good, terminated: 0 }, Buffer.alloc(2))],
    ['info as a list', step({ ...good, info: [] }, Buffer.alloc(2))],
    ['a short observation', step(good, Buffer.alloc(1))],
    ['a long observation', step(good, Buffer.alloc(3))],
    ['no observation', step(good)],
    ['a part too many', step(good, Buffer.alloc(2), Buffer.alloc(2))],
    ['an error beside a result', step({ ...good, error: { code: 'env_failure', message: 'x' } })],
    ['null', step(null, Buffer.alloc(2))],
    ['no results', except('step', ({ id }) => [{ id, ok: true, results: [], elapsed_us: 1 }, Buffer.alloc(2)])],
    [
      'an unknown header field',
      except('step', ({ id }) => [{ id, ok: true, results: [good], elapsed_us: 1, x: 1 }, Buffer.alloc(2)]),
    ],
    ['no time', except('step', ({ id }) => [{ id, ok: true, results: [good] }, Buffer.alloc(2)])],
    [
      'a second reply',
      except('step', (request, send) => {
        for (let i = 0; i < 2; i++) send(goodAnswer({ ...request }, send) ?? []);
        return null;
      }),
    ],
  ])('to step, with %s: the connection is given up', async (name, answer) => {
    await withServer(answer, async (endpoint) => {
      await using emulators = await connectEmulators({ endpoint });
      await using env = await makeEnv('Fake-v0', { emulators });
      await env.reset({ seed: 0 });
      if (name === 'a second reply') await env.step(0).catch(() => {});
      else await expectCode(env.step(0), 'protocol');
      await expectCode(env.step(0), 'protocol');
    });
  });

  it('carry the server’s errors with all their parts', async () => {
    const error = { code: 'env_failure', message: 'boom', expected: 'e', got: 'g', where: 'w', next: 'n' };
    await withServer(step({ error }), async (endpoint) => {
      await using emulators = await connectEmulators({ endpoint });
      await using env = await makeEnv('Fake-v0', { emulators });
      await env.reset({ seed: 0 });
      const failure = await expectCode(env.step(0), 'env_failure');
      expect(failure).toMatchObject({ summary: 'boom', details: { expected: 'e', got: 'g', where: 'w', next: 'n' } });
    });
  });

  it('may say that a reward is not finite', async () => {
    await withServer(step({ ...good, reward: '-Infinity' }, Buffer.alloc(2)), async (endpoint) => {
      await using emulators = await connectEmulators({ endpoint });
      await using env = await makeEnv('Fake-v0', { emulators });
      await env.reset({ seed: 0 });
      expect(await env.step(0)).toMatchObject({ reward: Number.NEGATIVE_INFINITY });
    });
  });
});

describe('waiting', () => {
  it('ends with emulator_timeout; a late reply goes to nobody else', async () => {
    const late: FakeAnswer = except('step', (request, send) => {
      const first = request.actions as number[];
      const [header, part] = goodAnswer(request, send) as [{ results: object[] }, Buffer];
      const results = [{ reward: first[0] === 1 ? 100 : 1, terminated: false, truncated: false, info: {} }];
      const parts = [{ ...header, results }, part];
      if (first[0] === 1) setTimeout(() => send(parts), 400);
      return first[0] === 1 ? null : parts;
    });
    await withServer(late, async (endpoint) => {
      await using emulators = await connectEmulators({ endpoint, timeoutMs: 150 });
      await using env = await makeEnv('Fake-v0', { emulators });
      await env.reset({ seed: 0 });
      await expectCode(env.step(1), 'emulator_timeout');
      expect(await env.step(0)).toMatchObject({ reward: 1 });
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await env.step(0)).toMatchObject({ reward: 1 });
    });
  });

  it('can be cancelled, alone and in a batch, and leaves no listener', async () => {
    await withServer(
      except('step', () => null),
      async (endpoint) => {
        await using emulators = await connectEmulators({ endpoint });
        const envs = await makeVectorEnv('Fake-v0', { emulators, count: 2 });
        await envs.reset([0, 1]);
        const controller = new AbortController();
        const batch = expectCode(envs.step([0, 0], { signal: controller.signal }), 'cancelled');
        envs.send(0, 1);
        const received = expectCode(envs.receive({ signal: controller.signal }), 'cancelled');
        const single = expectCode(envs.env(1).step(0, { signal: controller.signal }), 'cancelled');
        controller.abort(new Error('enough'));
        const errors = await Promise.all([batch, received, single]);
        for (const error of errors) expect((error.cause as Error).message).toBe('enough');
      },
    );
  });

  it('ends when the emulators are closed', async () => {
    await withServer(
      except('step', () => null),
      async (endpoint) => {
        const emulators = await connectEmulators({ endpoint });
        const env = await makeEnv('Fake-v0', { emulators });
        await env.reset({ seed: 0 });
        const step = expectCode(env.step(0), 'cancelled');
        await emulators.close();
        await step;
        await expectCode(env.reset({ seed: 0 }), 'cancelled');
      },
    );
  });

  it('keeps the session alive with pings', async () => {
    const impatient: FakeAnswer = except('hello', ({ id }) => [
      { id, ok: true, ...HELLO, limits: { ...HELLO.limits, session_timeout_s: 0.3 } },
    ]);
    await withServer(impatient, async (endpoint, { requests }) => {
      await using emulators = await connectEmulators({ endpoint, timeoutMs: 400 });
      await new Promise((resolve) => setTimeout(resolve, 600));
      const pings = requests.filter(({ op }) => op === 'ping').length;
      expect(pings).toBeGreaterThanOrEqual(3);
      expect(pings).toBeLessThanOrEqual(6);
      expect(emulators.recoveries).toBe(0);
    });
  });

  it('ends with `connection` when the session is gone', async () => {
    const error = { code: 'handshake_required', message: 'say hello first' };
    await withServer(
      except('step', ({ id }) => [{ id, ok: false, error }]),
      async (endpoint) => {
        await using emulators = await connectEmulators({ endpoint });
        await using env = await makeEnv('Fake-v0', { emulators });
        await env.reset({ seed: 0 });
        await expectCode(env.step(0), 'connection');
        await expectCode(env.reset({ seed: 0 }), 'connection');
      },
    );
  });

  it('ends with `connection` when the server goes away', async () => {
    const server = await FakeServer.listen(folder.path);
    server.answer = except('step', () => null);
    await using emulators = await connectEmulators({ endpoint: server.endpoint });
    const env = await makeEnv('Fake-v0', { emulators });
    await env.reset({ seed: 0 });
    const step = expectCode(env.step(0), 'connection');
    await server[Symbol.asyncDispose]();
    await step;
  });
});
