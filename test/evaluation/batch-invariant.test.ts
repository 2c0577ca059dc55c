/**
 * Actions do not depend on what is decided together: with scores that a batch moves, with a real model, with the
 * expert.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type EpisodeEnd,
  type EpisodeEnvironments,
  fromVectorEnv,
  loadGame,
  type Policy,
  playEpisodes,
  type Situation,
} from '../../src/agent/index.js';
import { createRandom, type Frame, type NdArray, type TimeStep } from '../../src/core/index.js';
import { projectPaths } from '../../src/core/project-paths.js';
import { makeVectorEnv } from '../../src/env-bridge/index.js';
import { batchInvariant, CLOSE_CALL_MARGIN } from '../../src/evaluation/index.js';
import { expertKind } from '../../src/players/expert.js';
import { createPolicy } from '../../src/players/index.js';
import { paeLammKind } from '../../src/players/vision-language/kinds.js';
import { fakePolicy } from '../agent/support/fake-policy.js';
import { tinyCheckpoint } from '../model/tiny-checkpoint.js';

const carracing = loadGame('carracing');

function noise(seed: number, side = 24): Frame {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
  return { dtype: 'uint8', shape: [side, side, 3], data };
}

function situation(episode: string, seed: number, side?: number): Situation {
  const frames = [noise(seed, side), noise(seed + 1, side)];
  return { episode, step: 0, frames, observation: frames[1] as Frame, attempt: 0 };
}

/** A policy whose scores move a little with the size of the batch, as sums in another order do. */
function wobbling(gap: number): Policy & { readonly asked: (readonly Situation[])[] } {
  const asked: (readonly Situation[])[] = [];
  const act = async (situations: readonly Situation[]): Promise<Answer[]> => {
    asked.push(situations);
    const shift = situations.length === 1 ? 0 : 1e-5;
    return situations.map(() => {
      const scores = [-1, -1 - gap + shift, -5];
      return { kind: 'action', action: scores.indexOf(Math.max(...scores)), scores };
    });
  };
  return { ...fakePolicy(() => 0), asked, act };
}

const actionsOf = (answers: readonly Answer[]) =>
  answers.map((answer) => (answer.kind === 'action' ? answer.action : answer.kind));

describe('batchInvariant', () => {
  const three = ['a', 'b', 'c'].map((episode, i) => situation(episode, 10 * i));

  it('asks close calls again alone, and only these', async () => {
    const close = wobbling(5e-6);
    expect(actionsOf(await close.act(three))).toEqual([1, 1, 1]);
    expect(actionsOf(await close.act(three.slice(0, 1)))).toEqual([0]);
    const policy = batchInvariant(close);
    expect(actionsOf(await policy.act(three))).toEqual([0, 0, 0]);
    expect(policy.counts).toEqual({ answers: 3, closeCalls: 3 });

    const clear = wobbling(0.1);
    const settled = batchInvariant(clear);
    expect(actionsOf(await settled.act(three))).toEqual([0, 0, 0]);
    expect(clear.asked).toHaveLength(1);
    expect(settled.counts).toEqual({ answers: 3, closeCalls: 0 });
  });

  it('asks with pictures that nothing is kept of, the same where they were the same', async () => {
    const inner = wobbling(0);
    const frame = noise(1);
    const still: Situation = { episode: 'a', step: 0, frames: [frame, frame], observation: frame, attempt: 0 };
    await batchInvariant(inner).act([still]);
    const again = inner.asked[1]?.[0] as Situation;
    expect(again.frames[0]).not.toBe(frame);
    expect(again.frames[0]).toBe(again.frames[1]);
    expect(again.frames[0]).toEqual(frame);
  });

  it.each<[string, Answer, number[]]>([
    ['a vector', { kind: 'action', action: [0.5, 0.1] }, [3, 1, 1, 1, 1, 1, 1]],
    ['a text without scores', { kind: 'text', raw: 'gas' }, [3, 1, 1, 1, 1, 1, 1]],
    ['an action without scores', { kind: 'action', action: 2 }, [3, 3]],
    ['the end', { kind: 'stop', reason: 'over' }, [3, 3]],
  ])('knows what has no margin: %s', async (_, answer, sizes) => {
    const inner = fakePolicy(() => answer);
    const policy = batchInvariant(inner);
    for (let i = 0; i < 2; i++) expect(await policy.act(three)).toEqual([answer, answer, answer]);
    expect(inner.calls.map((call) => call.length)).toEqual(sizes);
  });

  it('never trusts a batch in less than float32, nor a score that is no number', async () => {
    const inner = { ...wobbling(0.1), provenance: { precision: 'bfloat16' } };
    await batchInvariant(inner).act(three);
    expect(inner.asked.map((call) => call.length)).toEqual([1, 1, 1]);
    const broken = fakePolicy(() => ({ kind: 'action', action: 0, scores: [Number.NaN, 1] }));
    await batchInvariant(broken).act(three);
    expect(broken.calls).toHaveLength(4);
  });
});

describe.each([
  ['a small model', () => tinyCheckpoint(), (folder: string) => paeLammKind.create(folder, { game: carracing }), 24],
  [
    'the expert',
    async () => join(projectPaths.models, 'expert-carracing'),
    (folder: string) => expertKind.create(folder, { game: carracing }),
    96,
  ],
] as const)('%s in any company', { timeout: 120_000 }, (_, checkpoint, create, side) => {
  const EPISODES = 9;
  let folder: string;
  let policy: Policy;
  beforeAll(async () => {
    folder = await checkpoint();
    policy = await create(folder);
    const spec = { actionSpace: { kind: 'discrete', count: 5, start: 0 } } as never;
    for (let i = 0; i < EPISODES; i++) await policy.begin({ episode: `${i}`, seed: i, env: spec, game: carracing });
  });
  afterAll(async () => {
    await policy[Symbol.asyncDispose]();
    if (!folder.startsWith(projectPaths.models)) await rm(folder, { recursive: true });
  });

  /** The answers to the same nine situations, in groups that `seed` draws. */
  async function inGroups(player: Policy, seed: number): Promise<Extract<Answer, { scores?: unknown }>[]> {
    const random = createRandom(seed);
    const all = Array.from({ length: EPISODES }, (_, i) => situation(`${i}`, 100 * i, side));
    const order = all.map((one) => ({ one, key: random.next() })).sort((a, b) => a.key - b.key);
    const answers = new Map<string, Answer>();
    for (let start = 0; start < EPISODES; ) {
      const group = order.slice(start, start + 1 + random.integer(4)).map(({ one }) => one);
      const given = await player.act(group);
      for (const [i, { episode }] of group.entries()) answers.set(episode, given[i] as Answer);
      start += group.length;
    }
    return all.map(({ episode }) => answers.get(episode) as Extract<Answer, { scores?: unknown }>);
  }

  it('has scores that move far less than the margin', async () => {
    const runs = [await inGroups(policy, 1), await inGroups(policy, 2), await inGroups(policy, 3)];
    for (const run of runs.slice(1)) {
      for (const [i, { scores = [] }] of run.entries()) {
        for (const [k, score] of scores.entries()) {
          const other = runs[0]?.[i]?.scores?.[k] as number;
          expect(Math.abs(score - other)).toBeLessThan((CLOSE_CALL_MARGIN / 10) * Math.max(1, Math.abs(other)));
        }
      }
    }
  });

  it('answers a question asked alone bit for bit the same, whatever was asked before', async () => {
    const always = batchInvariant(policy, Number.POSITIVE_INFINITY);
    const runs = [await inGroups(always, 4), await inGroups(always, 5)];
    expect(runs[1]).toEqual(runs[0]);
    expect(always.counts.closeCalls).toBe(2 * EPISODES);
  });
});

describe('the expert in CarRacing, episodes that begin and end at different times', { timeout: 120_000 }, () => {
  const SEEDS = [100_000, 100_001, 100_002, 100_003, 100_004];

  /** Ends the episode of each seed after a number of steps of its own. */
  function endingAt(inner: EpisodeEnvironments, lengthOf: (seed: number) => number): EpisodeEnvironments {
    const left = new Map<number, number>();
    return {
      spec: inner.spec,
      count: inner.count,
      reset: (requests, options) => {
        for (const { slot, seed } of requests) left.set(slot, lengthOf(seed));
        return inner.reset(requests, options);
      },
      step: async (requests, options) => {
        const steps = await inner.step(requests, options);
        return steps.map((step, i) => {
          const slot = requests[i]?.slot as number;
          left.set(slot, (left.get(slot) as number) - 1);
          if (step.status === 'rejected' || left.get(slot) !== 0) return step;
          return { ...step, value: { ...step.value, kind: 'truncated' } as TimeStep<NdArray> };
        });
      },
    };
  }

  async function play(
    slots: number,
    processes: number,
  ): Promise<{ ends: EpisodeEnd[]; actions: Record<string, unknown[]> }> {
    const { env, ...settings } = carracing.emulator;
    await using vector = await makeVectorEnv(env, { ...settings, count: slots, processes });
    await using policy = batchInvariant(await createPolicy('expert', { game: carracing }, [expertKind]));
    const actions: Record<string, unknown[]> = Object.fromEntries(SEEDS.map((seed) => [seed, []]));
    const ends = await playEpisodes({
      game: carracing,
      policy,
      environments: endingAt(fromVectorEnv(vector), (seed) => 12 + 7 * (seed % 3)),
      episodes: SEEDS.map((seed) => ({
        id: `${seed}`,
        seed,
        observers: [
          {
            onStep: ({ executed, reward, observationHash }) =>
              void actions[seed]?.push([executed, reward, observationHash]),
          },
        ],
      })),
    });
    return { ends, actions };
  }

  it('plays each as if it were alone', async () => {
    const alone = await play(1, 1);
    const together = await play(3, 2);
    expect(together.ends.map(({ status, steps }) => [status, steps])).toEqual(
      SEEDS.map((seed) => ['finished', 12 + 7 * (seed % 3)]),
    );
    expect(together.actions).toEqual(alone.actions);
    expect(together.ends.map(({ score }) => score)).toEqual(alone.ends.map(({ score }) => score));
  });
});
