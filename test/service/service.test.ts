/** `openai`'s client against a service of a tiny checkpoint: the answers are those of the model in process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../src/core/index.js';
import type { Prompt } from '../../src/model/index.js';
import { noise, question, type Served, serveTiny } from './support/served.js';

let served: Served;
beforeAll(async () => {
  served = await serveTiny();
});
afterAll(() => served[Symbol.asyncDispose]());

const NAMES = ['left', 'right', 'fire'];

function enumSchema(fields: Record<string, object>) {
  const properties = { ...fields, action: { type: 'string', enum: NAMES } };
  const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'json_schema' as const, json_schema: { name: 'answer', schema } };
}

/** The prompt that `question` becomes. */
function promptInProcess(text: string, seed: number): Prompt {
  const frame: Frame = { dtype: 'uint8', shape: [24, 24, 3], data: noise(seed) };
  const { model } = served;
  if (!model.hasChatTemplate) return model.prompt(`<image>${text}`, [frame]);
  return model.chat([{ role: 'user', content: [{ type: 'image' }, { type: 'text', text }] }], [frame]);
}

describe('a checkpoint as a service', () => {
  it('names its model', async () => {
    const list = await served.client.models.list();
    expect(list.data.map(({ id }) => id)).toEqual(['tiny']);
    expect((await served.client.models.retrieve('tiny')).owned_by).toBe('vlm-game-agent');
  });

  it('writes free text as in process, with tokens counted', async () => {
    const answer = await served.client.chat.completions.create({ ...(await question('go', 1)), max_tokens: 6 });
    const prompt = promptInProcess('go', 1);
    const [own] = await served.model.generate([prompt], { maxTokens: 6 });
    expect(answer.choices[0]?.message.content).toBe(own?.text);
    expect(answer.choices[0]?.finish_reason).toBe(own?.reason === 'length' ? 'length' : 'stop');
    expect(answer.usage?.prompt_tokens).toBe(prompt.tokens.length);
    expect(answer.usage?.completion_tokens).toBe(own?.tokens.length);
  });

  it('streams the same text in pieces, with the usage at its end', async () => {
    const asked = { ...(await question('go', 1)), max_tokens: 6, temperature: 1.5, seed: 5 };
    const whole = await served.client.chat.completions.create(asked);
    const parts = await served.client.chat.completions.create({
      ...asked,
      ...{ stream: true, logprobs: true, top_logprobs: 2, stream_options: { include_usage: true } },
    });
    let text = '';
    const logprobs: unknown[] = [];
    let last: { usage?: unknown } = {};
    for await (const part of parts) {
      text += part.choices[0]?.delta.content ?? '';
      logprobs.push(...(part.choices[0]?.logprobs?.content ?? []));
      last = part;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(logprobs).toHaveLength(whole.usage?.completion_tokens as number);
    expect(last.usage).toEqual(whole.usage);
  });

  it('draws the same for the same seed, and others for others', async () => {
    const asked = { ...(await question('go', 1)), max_tokens: 8, temperature: 2 };
    const texts = await Promise.all(
      [1, 1, 2, 3].map(async (seed) => {
        const answer = await served.client.chat.completions.create({ ...asked, seed });
        return answer.choices[0]?.message.content;
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('gives the log-probability of every token, the likeliest first', async () => {
    const answer = await served.client.chat.completions.create({
      ...(await question('go', 1)),
      ...{ max_tokens: 3, logprobs: true, top_logprobs: 3 },
    });
    const tokens = answer.choices[0]?.logprobs?.content ?? [];
    expect(tokens).toHaveLength(answer.usage?.completion_tokens as number);
    for (const { logprob, top_logprobs: top } of tokens) {
      expect(top).toHaveLength(3);
      expect(top[0]?.logprob).toBe(logprob);
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).sort((a, b) => b - a));
      expect(logprob).toBeLessThanOrEqual(0);
    }
  });

  it('cuts at a stop, and never shows a part of it in a stream', async () => {
    const asked = { ...(await question('go', 1)), max_tokens: 8 };
    const text = (await served.client.chat.completions.create(asked)).choices[0]?.message.content ?? '';
    const stop = text.slice(2, 5);
    expect(stop).toHaveLength(3);
    const cut = await served.client.chat.completions.create({ ...asked, stop });
    expect(cut.choices[0]?.message.content).toBe(text.slice(0, text.indexOf(stop)));
    expect(cut.choices[0]?.finish_reason).toBe('stop');
    let streamed = '';
    for await (const part of await served.client.chat.completions.create({ ...asked, stop, stream: true })) {
      streamed += part.choices[0]?.delta.content ?? '';
    }
    expect(streamed).toBe(cut.choices[0]?.message.content);
  });

  it('scores a schema with an enum: the likeliest of the names in process, with the scores of all', async () => {
    const answer = await served.client.chat.completions.create({
      ...(await question('go', 2)),
      ...{ response_format: enumSchema({}), logprobs: true, top_logprobs: 3 },
    });
    const [scores = []] = await served.model.score([promptInProcess('go', 2)], NAMES);
    const best = NAMES[scores.indexOf(Math.max(...scores))];
    expect(answer.choices[0]?.message.content).toBe(`{"action":"${best}"}`);
    const [entry] = answer.choices[0]?.logprobs?.content ?? [];
    expect(entry?.token).toBe(best);
    for (const { token, logprob } of entry?.top_logprobs ?? []) {
      expect(logprob).toBeCloseTo(scores[NAMES.indexOf(token)] as number, 3);
    }
    expect(entry?.top_logprobs).toHaveLength(3);
  });

  it.each(['structured_outputs', 'guided_choice'])('scores a list of choices by %s', async (field) => {
    const value = field === 'guided_choice' ? NAMES : { choice: NAMES };
    const response = await served.post({ ...(await question('go', 3)), [field]: value });
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    const [scores = []] = await served.model.score([promptInProcess('go', 3)], NAMES);
    expect(body.choices[0]?.message.content).toBe(NAMES[scores.indexOf(Math.max(...scores))]);
  });

  it('says no to a schema that it cannot answer, and what it can', async () => {
    const format = enumSchema({ why: { type: 'string' } });
    const asking = served.client.chat.completions.create({ ...(await question('go', 2)), response_format: format });
    await expect(asking).rejects.toMatchObject({ status: 400, param: 'response_format', code: 'schema' });
    await expect(asking).rejects.toThrow(/integers followed by one string with an enum/);
  });

  it('answers many clients as each alone, several in one call', async () => {
    const seeds = Array.from({ length: 12 }, (_, i) => i % 6);
    const asked = await Promise.all(seeds.map((seed) => question('go', seed)));
    const answers = await Promise.all(
      asked.map((one) => served.client.chat.completions.create({ ...one, max_tokens: 4 })),
    );
    for (const [i, seed] of seeds.entries()) {
      const [own] = await served.model.generate([promptInProcess('go', seed)], { maxTokens: 4 });
      expect(answers[i]?.choices[0]?.message.content).toBe(own?.text);
    }
    const metrics = await (
      await fetch(`${served.service.url.replace('/v1', '')}/metrics`, {
        headers: { authorization: 'Bearer a-key-for-tests' },
      })
    ).text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1]);
    expect(value('agent_service_batch_size_sum')).toBeGreaterThan(value('agent_service_batch_size_count'));
    expect(metrics).toMatch(/agent_service_requests_total\{status="200"\} \d+/);
    expect(metrics).toContain('process_resident_memory_bytes');
  });
});
