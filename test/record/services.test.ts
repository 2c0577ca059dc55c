/** What a service told of its answers, from the loop into the record and back. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newCounters, playEpisode, type ServiceFacts } from '../../src/agent/index.js';
import { AgentError } from '../../src/core/index.js';
import { EpisodeRecorder, openRecord, readSteps, type StepLine } from '../../src/record/index.js';
import { checkRecord, verifyEpisode } from '../../src/replay/index.js';
import { fakePolicy } from '../agent/support/fake-policy.js';
import { FakeEnv, fakeFactory, fakeGame } from '../replay/support/fake-game.js';
import { forge } from './support/forge.js';
import { temporaryFolder } from './support/records.js';

const facts = (changes: Partial<ServiceFacts> = {}): ServiceFacts => ({
  model: 'some-model-2026',
  finish: 'stop',
  request: 'f'.repeat(64),
  isCached: false,
  latencyMs: 250,
  requests: 1,
  cost: 0.25,
  failed: [],
  ...changes,
});
const rateLimited = { outcome: 'rate-limited', status: 429, latencyMs: 5, waitMs: 100 } as const;
const broken = { outcome: 'connection', latencyMs: 7, waitMs: 0 } as const;

type Replies = Parameters<typeof fakePolicy>[0];

async function record(reply: Replies, how: { readonly game?: object; readonly clock?: number } = {}) {
  const folder = join(await temporaryFolder(), 'run');
  const recorder = new EpisodeRecorder({
    folder: { exactly: folder },
    arguments: { given: [], resolved: {} },
    versions: { python: '3.11.2', gymnasium: '1.4.0' },
    git: null,
  });
  const env = new FakeEnv({ length: 3 });
  const settled = async (step: Promise<Awaited<ReturnType<FakeEnv['step']>>>) => Promise.allSettled([step]);
  const end = await playEpisode({
    game: { ...fakeGame, ...how.game },
    policy: fakePolicy(reply),
    environments: {
      spec: env.spec,
      count: 1,
      reset: ([request]) => settled(env.reset({ seed: request?.seed ?? 0 })),
      step: ([request]) => settled(env.step(request?.action ?? 0)),
    },
    episode: { id: 'one', seed: 7, observers: [recorder] },
    patience: { tries: 1, firstMs: 1 },
    clock: how.clock ?? null,
  });
  const opened = await openRecord(folder);
  const lines: StepLine[] = [];
  for await (const line of readSteps(opened)) if ('executed' in line) lines.push(line);
  return { folder, end, manifest: opened.manifest, lines };
}

const usable: Replies = ({ step, attempt }) => {
  if (step === 0 && attempt === 0) {
    const usage = { promptTokens: 100, answerTokens: 4 };
    return { kind: 'unusable', outcome: 'refusal', raw: 'I cannot help with that.', usage, service: facts() };
  }
  const usage = { promptTokens: 100, cachedTokens: 80, answerTokens: 20, reasoningTokens: 15 };
  const service = facts({ requests: 3, latencyMs: 500, failed: [rateLimited, broken] });
  return { kind: 'text', raw: 'left', reasoning: 'left or right?', usage, service };
};

it('stands in the lines, apart from the text, and adds up in the manifest', async () => {
  const { lines, manifest, folder } = await record(usable);
  expect(lines[0]).toMatchObject({
    raw: 'left',
    reasoning: 'left or right?',
    usage: { promptTokens: 100, cachedTokens: 80, answerTokens: 20, reasoningTokens: 15 },
    service: { model: 'some-model-2026', finish: 'stop', failed: [rateLimited, broken] },
    rejected: [{ reason: 'refusal', raw: 'I cannot help with that.', usage: { promptTokens: 100 }, service: facts() }],
  });
  expect(manifest.result).toMatchObject({
    counters: { ...newCounters(), decisions: 3, parsed: 3, retries: 1, refusals: 1, rateLimited: 3, connections: 3 },
    spent: {
      ...{ requests: 10, promptTokens: 400, cachedTokens: 240, answerTokens: 64, reasoningTokens: 45 },
      ...{ cost: 1, serviceMs: 1750 },
    },
  });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
});

it('keeps all answers that were drawn', async () => {
  const samples = [
    { raw: 'left', action: 1, reasoning: 'hm' },
    { raw: 'hm', action: null },
  ];
  const { lines, folder } = await record(() => ({ kind: 'text', raw: 'left', samples }));
  expect(lines[0]?.samples).toEqual(samples);
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
});

it('has no cost where the price of one answer is not known, and nothing where no policy tells of it', async () => {
  const priceless = await record(({ step }) => ({
    kind: 'text',
    raw: 'left',
    service: facts(step ? {} : { cost: null }),
  }));
  expect(priceless.manifest.result?.spent).toMatchObject({ cost: null, requests: 3 });
  expect((await record(() => 'left')).manifest.result).not.toHaveProperty('spent');
});

it('takes the fallback after refusals, and says which', async () => {
  const refused = { kind: 'unusable', outcome: 'content-filter', raw: '', service: facts() } as const;
  const { lines, manifest, folder } = await record(() => refused);
  expect(lines[0]).toMatchObject({ raw: '', parse: null, fallback: 'content-filter', attempts: 2 });
  expect(manifest.result?.counters).toMatchObject({ contentFilters: 6, fallbacks: 3, empty: 0, noMatch: 0 });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
});

it('tells the steps that a thought cost, and the clock, also where the game ends meanwhile', async () => {
  // 12.5 decisions a second: 160 ms are two of them, and the game is over after three.
  const slow = () => ({ kind: 'text', raw: 'left', service: facts({ latencyMs: 160 }) }) as const;
  const { lines, manifest, folder } = await record(slow, { clock: 1, game: { noop: 2 } });
  expect(lines.map(({ origin, executed, attempts }) => [origin, executed, attempts])).toEqual([
    ['waiting', 2, 0],
    ['waiting', 2, 0],
    [undefined, 1, 1],
  ]);
  expect(manifest.arguments.resolved).toMatchObject({ clock: 1 });
  const ended = await record(slow, { clock: 2 });
  expect(ended.lines.map(({ origin }) => origin)).toEqual(['waiting', 'waiting', 'waiting']);
  expect(ended.manifest.result).toMatchObject({ counters: { parsed: 1, waiting: 3 }, spent: { requests: 1 } });
  for (const run of [folder, ended.folder]) {
    const verified = await verifyEpisode(await openRecord(run), fakeFactory({ length: 3 }));
    expect(verified).toMatchObject({ isVerified: true, decisions: 3 });
  }
  await forge(folder, { line: ({ step }) => (step === 1 ? { executed: 1 } : {}) });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ difference: { step: 1, field: 'executed' } });
});

it('tells what was held and planned', async () => {
  const held = await record(() => 'left', { game: { play: { hold: 2 } } });
  expect(held.lines.map(({ origin }) => origin)).toEqual([undefined, 'held', undefined]);
  const planned = await record(() => 'left, right', { game: { play: { plan: 2 } } });
  expect(planned.lines.map(({ executed }) => executed)).toEqual([1, 2, 1]);
  expect(planned.lines[0]?.parse).toEqual({ ok: true, action: 1, form: 'list' });
  for (const { folder } of [held, planned]) {
    expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
  }
});

it('of an episode that the service failed counts what no line tells, and agrees with itself', async () => {
  const error = new AgentError('service', 'too many requests');
  const { end, manifest, lines, folder } = await record(({ step }) =>
    step === 0
      ? { kind: 'text', raw: 'left', service: facts() }
      : { kind: 'failure', error, service: facts({ failed: [rateLimited, rateLimited], requests: 2, cost: 0 }) },
  );
  expect(lines).toHaveLength(1);
  expect(end.status).toBe('failed');
  // Asked, asked again, waited for once.
  expect(manifest.result?.counters).toMatchObject({ modelErrors: 3, rateLimited: 6, decisions: 1 });
  expect(manifest.result?.spent).toMatchObject({ requests: 7, cost: 0.25 });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
});

it('that was waited for beyond the retries leaves a record that agrees with itself', async () => {
  const error = new AgentError('service', 'too many requests');
  const { lines, folder } = await record(({ attempt }) =>
    attempt < 3 - 1 ? { kind: 'failure', error } : { kind: 'text', raw: 'left' },
  );
  expect(lines[0]).toMatchObject({ attempts: 3 });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: true });
});

it.each([
  ['less money', { cost: 0.5 }, 'result.spent.cost'],
  ['fewer tokens', { promptTokens: 1 }, 'result.spent.promptTokens'],
  ['no price', { cost: null }, 'result.spent.cost'],
])('contradicts its lines where it is forged: %s', async (_what, change, field) => {
  const { folder, manifest } = await record(usable);
  await forge(folder, {
    manifest: { result: { ...manifest.result, spent: { ...manifest.result?.spent, ...change } } },
  });
  expect(await checkRecord(await openRecord(folder))).toMatchObject({ isVerified: false, difference: { field } });
});

it('a record of format 2 is read and verified as before', async () => {
  const old = await openRecord(join(import.meta.dirname, 'fixtures/format-2'));
  expect(old.manifest).toMatchObject({ format: 2, result: { decisions: 3 } });
  const verified = await verifyEpisode(old, fakeFactory({ length: 3, width: 4, height: 3 }));
  expect(verified).toMatchObject({ isVerified: true, decisions: 3, versions: [] });
});
