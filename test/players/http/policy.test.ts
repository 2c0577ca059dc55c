/** A policy that asks a service: what is sent, what comes back, what is kept, and what it may cost. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer, Game, Policy } from '../../../src/agent/index.js';
import { AgentError } from '../../../src/core/index.js';
import { parseEndpoint } from '../../../src/players/http/load.js';
import { servicePolicy } from '../../../src/players/http/policy.js';
import { openServices, type Services } from '../../../src/players/index.js';
import { fakeSpec } from '../../agent/support/fake-environment.js';
import { carracing, spaceinvaders } from '../../agent/support/games.js';
import { chat, KEY, type Service, sendJson, startService } from './support/services.js';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'services-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** An endpoint for a service, with more lines in its file. */
function policyFor({ url }: Service, lines = '', services?: Services): Policy {
  const endpoint = parseEndpoint(`base_url: ${url}\nkey: MY_KEY\n${lines}`, 'own.yaml');
  return servicePolicy({ ...endpoint, model: 'tiny' }, { id: 'endpoint:own.yaml', services, env: { MY_KEY: KEY } });
}

/** Two pixels a picture: one of the value, one black. */
const picture = (value: number) => ({
  dtype: 'uint8' as const,
  shape: [1, 2, 3],
  data: new Uint8Array([value, value, value, 0, 0, 0]),
});

interface Asking {
  readonly game?: Game;
  readonly episode?: string;
  readonly seed?: number;
  readonly values?: readonly number[];
  readonly attempt?: number;
}

async function ask(
  policy: Policy,
  { game = carracing, episode = 'a', seed = 7, values = [9], attempt = 0 }: Asking = {},
) {
  await policy.begin({ episode, seed, env: fakeSpec(), game });
  const frames = values.map(picture);
  const observation = frames.at(-1) as (typeof frames)[number];
  const [answer] = await policy.act([{ episode, step: 0, frames, observation, attempt }]);
  return answer as Answer;
}

type Part = { readonly type: string; readonly text?: string; readonly image_url?: { readonly url: string } };

/** Texts and pictures of the last message that a service was sent: pictures as rows of their red values. */
async function shown({ bodies }: Service): Promise<(string | number[][])[]> {
  const { messages } = bodies.at(-1) as { messages: { content: Part[] }[] };
  const { content = [] } = messages.at(-1) ?? {};
  return Promise.all(
    content.map(async ({ text, image_url }) => {
      if (image_url === undefined) return text as string;
      const png = Buffer.from(image_url.url.replace('data:image/png;base64,', ''), 'base64');
      const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      const reds = Array.from(data).filter((_, i) => i % info.channels === 0);
      return Array.from({ length: info.height }, (_, y) => reds.slice(y * info.width, (y + 1) * info.width));
    }),
  );
}

const left = (response: Parameters<typeof sendJson>[0]) => sendJson(response, chat({ content: '{"action":"left"}' }));

describe('a question', () => {
  it("is the game's prompt with pictures pixel for pixel, and a schema of the game's names", async () => {
    await using service = await startService(left);
    const answer = await ask(policyFor(service), { values: [9] });
    expect(answer).toMatchObject({ kind: 'text', raw: '{"action":"left"}', service: { isCached: false, cost: null } });
    expect(await shown(service)).toEqual([expect.stringContaining('left'), [[9, 0]], expect.any(String)]);
    expect(service.bodies[0]).toMatchObject({
      model: 'tiny',
      response_format: {
        json_schema: {
          schema: {
            properties: { action: { enum: carracing.actions.map(({ name }) => name) } },
            required: ['action'],
          },
        },
      },
    });
    expect(service.headers[0]).toMatchObject({ authorization: `Bearer ${KEY}` });
  });

  it('asks for the sights of a game before its action, each a whole number', async () => {
    await using service = await startService(left);
    await ask(policyFor(service), { game: spaceinvaders, values: [1, 2, 3, 4] });
    const { response_format } = service.bodies[0] as { response_format: { json_schema: { schema: object } } };
    const { properties } = response_format.json_schema.schema as { properties: Record<string, object> };
    expect(Object.keys(properties)).toEqual(['cannon', 'stand', 'bomb', 'action']);
    expect(properties.stand).toMatchObject({ type: 'integer' });
  });

  it('as text has no schema, and a system prompt comes first', async () => {
    await using service = await startService(left);
    await ask(policyFor(service, 'answers: text\nsystem: You play.'));
    expect(service.bodies[0]).not.toHaveProperty('response_format');
    expect(service.bodies[0]).toMatchObject({ messages: [{ role: 'system', content: 'You play.' }, { role: 'user' }] });
  });

  it('shows pictures enlarged, in the order that is wanted, or as one sheet', async () => {
    await using service = await startService(left);
    const values = [1, 2, 3, 4];
    const pictures = async (lines: string) => {
      await ask(policyFor(service, lines), { game: spaceinvaders, values });
      return (await shown(service)).filter((part) => typeof part !== 'string');
    };
    expect(await pictures('')).toEqual(values.map((value) => [[value, 0]]));
    expect(await pictures('pictures: { scale: 2 }')).toEqual(
      values.map((value) => [
        [value, value, 0, 0],
        [value, value, 0, 0],
      ]),
    );
    expect(await pictures('pictures: { order: newest-first }')).toEqual(
      values.toReversed().map((value) => [[value, 0]]),
    );
    const labels = (await shown(service)).filter((part) => typeof part === 'string').join(' ');
    expect(labels).toMatch(/The newest picture comes first here\.\nFrame 4 of 4.*Frame 1 of 4/s);
    expect(await pictures('pictures: { as: sheet }')).toEqual([[[1, 0, 2, 0, 3, 0, 4, 0]]]);
    const told = (await shown(service)).filter((part) => typeof part === 'string').join('');
    expect(told).toContain('Frame 3 of 4: part 3 of 4 of the one picture, from the left');
  });
});

describe('prices', () => {
  it('make a cost of what the service says it took', async () => {
    await using service = await startService((response) =>
      sendJson(
        response,
        chat(
          { content: 'left' },
          {},
          { usage: { prompt_tokens: 1000, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 400 } } },
        ),
      ),
    );
    const prices = 'prices: { prompt: 2, cached: 0.5, answer: 8 }';
    expect(await ask(policyFor(service, prices))).toMatchObject({
      service: { cost: (600 * 2 + 400 * 0.5 + 10 * 8) / 1e6 },
    });
    expect(await ask(policyFor(service))).toMatchObject({ service: { cost: null } });
  });
});

describe('a failure', () => {
  it('is the answer of its situation alone', async () => {
    await using service = await startService((response, body) =>
      JSON.stringify(body).includes('Answer with exactly one of') ? sendJson(response, {}, 400) : left(response),
    );
    const policy = policyFor(service);
    for (const episode of ['a', 'b']) await policy.begin({ episode, seed: 7, env: fakeSpec(), game: carracing });
    const frame = picture(1);
    const situation = { step: 0, frames: [frame], observation: frame };
    const answers = await policy.act([
      { ...situation, episode: 'a', attempt: 0 },
      { ...situation, episode: 'b', attempt: 1 },
    ]);
    expect(answers).toMatchObject([
      { kind: 'text' },
      { kind: 'failure', service: { failed: [{ outcome: 'denied' }] } },
    ]);
  });
});

describe('the cache of answers', () => {
  /** Answers that can be told apart. */
  const counting = () => {
    let count = 0;
    return startService((response) => sendJson(response, chat({ content: `left ${++count}` })));
  };
  const raw = (answer: Answer) => (answer.kind === 'text' ? answer.raw : answer.kind);
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

  it('pays for nothing twice, and keeps what the answer cost when it was asked for', async () => {
    await using service = await counting();
    const cache = scratch();
    const fixed = 'temperature: 0\nprices: { prompt: 1, answer: 1 }';
    const first = await ask(policyFor(service, fixed, await openServices({ cache })));
    const services = await openServices({ cache });
    const policy = policyFor(service, fixed, services);
    const again = await ask(policy, { episode: 'b', seed: 8 });
    const { service: facts, ...said } = again as Extract<Answer, { kind: 'text' }>;
    expect(first).toMatchObject({ ...said, service: { isCached: false, requests: 1, cost: facts?.cost } });
    expect(facts).toMatchObject({ isCached: true, requests: 0, failed: [], cost: 127 / 1e6, finish: 'stop' });
    expect(service.bodies).toHaveLength(1);
    expect(services.budget.spent).toEqual({
      requests: 0,
      answers: 0,
      cached: 1,
      promptTokens: 0,
      answerTokens: 0,
      cost: 0,
    });
    expect(readFileSync(join(cache, files(cache)[0] as string), 'utf8')).not.toContain(KEY);
  });

  it('asks once for what several episodes ask at a time', async () => {
    await using service = await counting();
    const policy = policyFor(service, 'seed: 1', await openServices({ cache: scratch() }));
    for (const episode of ['a', 'b', 'c']) await policy.begin({ episode, seed: 7, env: fakeSpec(), game: carracing });
    const frame = picture(1);
    const situations = ['a', 'b', 'c'].map((episode) => ({
      ...{ episode, step: 0, attempt: 0 },
      ...{ frames: [frame], observation: frame },
    }));
    expect((await policy.act(situations)).map(raw)).toEqual(['left 1', 'left 1', 'left 1']);
    expect(service.bodies).toHaveLength(1);
  });

  it('leaves draws by chance independent, and repeats them in order', async () => {
    await using service = await counting();
    const cache = scratch();
    const play = async () => {
      const policy = policyFor(service, 'temperature: 1', await openServices({ cache }));
      await policy.begin({ episode: 'a', seed: 7, env: fakeSpec(), game: carracing });
      await policy.begin({ episode: 'b', seed: 8, env: fakeSpec(), game: carracing });
      const frame = picture(1);
      const drawn: string[] = [];
      for (const episode of ['a', 'a', 'b', 'b']) {
        const [answer] = await policy.act([{ episode, step: 0, attempt: 0, frames: [frame], observation: frame }]);
        drawn.push(raw(answer as Answer));
      }
      return drawn;
    };
    expect(await play()).toEqual(['left 1', 'left 2', 'left 3', 'left 4']);
    expect(await play()).toEqual(['left 1', 'left 2', 'left 3', 'left 4']);
    expect(service.bodies).toHaveLength(4);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
    ['foreign', () => '{"hello": "world"}'],
    ["another answer's", (text: string) => text.replace(/"key":"...../, '"key":"00000')],
    ['a format of later', (text: string) => text.replace('"format":1', '"format":99')],
  ])('a file that is %s counts as none and is written anew', async (_, damage) => {
    await using service = await counting();
    const cache = scratch();
    const policy = async () => policyFor(service, 'temperature: 0', await openServices({ cache }));
    await ask(await policy());
    const file = join(cache, files(cache)[0] as string);
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(raw(await ask(await policy()))).toBe('left 2');
    expect(raw(await ask(await policy()))).toBe('left 2');
    expect(service.bodies).toHaveLength(2);
  });

  it('keeps unusable answers, and no failures', async () => {
    let count = 0;
    await using service = await startService((response) => {
      if (++count === 1) sendJson(response, {}, 404);
      else sendJson(response, chat({ content: null, refusal: 'no' }));
    });
    const cache = scratch();
    const policy = policyFor(service, 'temperature: 0', await openServices({ cache }));
    expect(await ask(policy)).toMatchObject({ kind: 'failure' });
    expect(await ask(policy)).toMatchObject({ kind: 'unusable', outcome: 'refusal', service: { isCached: false } });
    expect(await ask(policy)).toMatchObject({ kind: 'unusable', outcome: 'refusal', service: { isCached: true } });
    expect(count).toBe(2);
  });

  it('that cannot be written is told, and the answer is there all the same', async () => {
    await using service = await counting();
    const warnings: string[] = [];
    const cache = scratch();
    const services = await openServices({ cache, onWarning: (sentence) => warnings.push(sentence) });
    rmSync(cache, { recursive: true });
    writeFileSync(cache, 'a file where the folder was');
    expect(raw(await ask(policyFor(service, 'temperature: 0', services)))).toBe('left 1');
    expect(warnings).toEqual([expect.stringContaining('could not be kept')]);
    await expect(openServices({ cache })).rejects.toMatchObject({ code: 'file' });
  });
});

describe('a budget', () => {
  const asked = async (limits: object, lines: string, usage: object = {}) => {
    await using service = await startService((response) => sendJson(response, chat({ content: 'left' }, {}, usage)));
    const services = await openServices(limits);
    const policy = policyFor(service, lines, services);
    for (let count = 0; count < 6; count++) {
      const error = await ask(policy, { values: [count] }).catch((reason: unknown) => reason);
      if (error instanceof AgentError) return { count, error, signal: services.budget.signal };
    }
    return { count: 6, error: undefined, signal: services.budget.signal };
  };

  it.each([
    [{ requests: 3 }, '', 3, '--max-requests 3'],
    [{ tokens: 200 }, '', 2, '--max-tokens 200'],
    [{ cost: 0.0003 }, 'prices: { prompt: 1, answer: 1 }', 3, '--max-cost 0.0003'],
    [{ requests: 6 }, '', 6, undefined],
  ])('%j ends before the request that would be too much', async (limits, lines, count, expected) => {
    const end = await asked(limits, lines);
    expect(end.count).toBe(count);
    expect(end.signal.aborted).toBe(expected !== undefined);
    if (expected === undefined) return;
    expect(end.error).toMatchObject({ code: 'cancelled', summary: 'the budget is used up' });
    expect(end.error?.message).toContain(expected);
  });

  it('in tokens ends where a service does not say them', async () => {
    const end = await asked({ tokens: 1e6 }, '', { usage: null });
    expect(end).toMatchObject({ count: 1, error: { code: 'cancelled' } });
    expect(end.error?.message).toContain('does not say how many tokens');
  });

  it('lets what is under way come to its end, and keeps it', async () => {
    await using service = await startService((response) => void setTimeout(() => left(response), 100));
    const cache = scratch();
    const services = await openServices({ requests: 2, cache });
    const policy = policyFor(service, 'temperature: 0', services);
    const situations = [1, 2, 3].map((value) => ({
      ...{ episode: `${value}`, step: 0, attempt: 0 },
      ...{ frames: [picture(value)], observation: picture(value) },
    }));
    for (const { episode } of situations) await policy.begin({ episode, seed: 7, env: fakeSpec(), game: carracing });
    await expect(policy.act(situations)).rejects.toMatchObject({ code: 'cancelled' });
    expect(
      readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')),
    ).toHaveLength(2);
  });
});

describe('ways of playing', () => {
  const played = (play: NonNullable<Game['play']>): Game => ({ ...carracing, play });
  const situation = { episode: 'a', step: 1, attempt: 0, frames: [picture(2)], observation: picture(2) };
  const act = async (policy: Policy, game: Game, more: object = {}) => {
    await policy.begin({ episode: 'a', seed: 7, env: fakeSpec(), game });
    const [answer] = await policy.act([{ ...situation, ...more }]);
    return answer as Answer;
  };

  it('tell the decisions before this one in turns, each picture as the endpoint wants it', async () => {
    await using service = await startService(left);
    const past = [{ frame: picture(1), raw: '{"action":"gas"}', executed: 3 }];
    await act(policyFor(service, 'pictures: { scale: 2 }'), played({ history: 1 }), { past });
    const { messages } = service.bodies[0] as { messages: { role: string; content: unknown }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(messages[1])).toContain('gas');
    expect((await shown(service)).filter((part) => typeof part !== 'string')).toEqual([
      [
        [2, 2, 0, 0],
        [2, 2, 0, 0],
      ],
    ]);
  });

  it("show another player's decisions first, and the record says which", async () => {
    await using service = await startService(left);
    const { url } = service;
    const endpoint = { ...parseEndpoint(`base_url: ${url}`, 'own.yaml'), model: 'tiny' };
    const decisions = [{ frames: [picture(5)], answer: 'gas' }];
    const policy = servicePolicy(endpoint, { id: 'own', demonstrations: { decisions, sha256: 'abc' } });
    await act(policy, carracing);
    expect(service.bodies[0]).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: 'gas' }, { role: 'user' }],
    });
    expect(policy.provenance).toMatchObject({ demonstrations_sha256: 'abc' });
  });

  it('draw several answers, each with a seed of its own, and take what most of them name', async () => {
    await using service = await startService((response, { seed }) =>
      sendJson(response, chat({ content: seed === 40 ? 'right' : 'left' })),
    );
    const prices = 'prices: { prompt: 1, answer: 1 }';
    const lines = `answers: text\nseed: 40\n${prices}`;
    const services = await openServices({ cache: scratch() });
    const game = played({ samples: 3 });
    const answer = await act(policyFor(service, lines, services), game);
    expect(service.bodies.map(({ seed }) => seed).sort()).toEqual([40, 41, 42]);
    expect(answer).toMatchObject({
      raw: 'left',
      samples: [{ raw: 'right' }, { raw: 'left' }, { raw: 'left' }],
      usage: { promptTokens: 360 },
      service: { requests: 3, cost: (3 * 127) / 1e6, isCached: false },
    });
    const again = await act(policyFor(service, lines, services), game);
    expect(again).toMatchObject({ raw: 'left', service: { requests: 0, isCached: true } });
    expect(service.bodies).toHaveLength(3);
  });

  it.each([{ think: { tokens: 64 } }, { names: 'hidden' }, { answers: 'written' }, { plan: 3 }] as const)(
    '%j asks for free text, whatever the endpoint says',
    async (play) => {
      await using service = await startService(left);
      await act(policyFor(service, 'answers: schema'), played(play));
      expect(service.bodies[0]).not.toHaveProperty('response_format');
    },
  );
});
