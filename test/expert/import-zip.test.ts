/**
 * Zips that Stable-Baselines3 saved, imported and played here, against what its own policies answer on the same frames
 * (envs/python/tests/make_sb3_zips.py made both).
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Game, loadGame } from '../../src/agent/index.js';
import { type Frame, isAgentError } from '../../src/core/index.js';
import { importZip } from '../../src/expert/import-zip.js';
import { Expert } from '../../src/expert/index.js';
import { networkInput, readMoments } from '../../src/expert/normalization.js';
import type { PictureStack } from '../../src/expert/observation-history.js';
import { openSafetensors } from '../../src/model/checkpoint/index.js';

const LOGIT_TOLERANCE = 1e-5;
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/sb3/${name}`, import.meta.url));
const goldenSchema = z.strictObject({
  preprocessing: z.record(z.string(), z.unknown()),
  frames: z.base64(),
  cases: z.record(
    z.string(),
    z.strictObject({
      outputs: z.array(z.array(z.number())),
      actions: z.array(z.union([z.number(), z.array(z.number())])),
      seen_sha256: z.string(),
    }),
  ),
});

let golden: z.infer<typeof goldenSchema>;
let frames: Frame[];
let folder: string;
let preprocessing: string;
/** Four actions and a name that nothing else knows. */
const game: Game = { ...loadGame('breakout'), name: 'my-game' };

beforeAll(async () => {
  golden = goldenSchema.parse(JSON.parse(await readFile(fixture('golden.json'), 'utf8')));
  const bytes = Buffer.from(golden.frames, 'base64');
  const size = 24 * 24 * 3;
  frames = Array.from({ length: bytes.length / size }, (_, i) => ({
    dtype: 'uint8',
    shape: [24, 24, 3],
    data: new Uint8Array(bytes.subarray(i * size, (i + 1) * size)),
  }));
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  preprocessing = join(folder, 'preprocessing.json');
  await writeFile(preprocessing, JSON.stringify(golden.preprocessing));
});
afterAll(() => rm(folder, { recursive: true }));

const importCase = async (name: string, statistics?: string): Promise<string> => {
  const out = join(folder, name);
  await importZip(fixture(`${name}.zip`), { game, out, preprocessing, ...(statistics ? { statistics } : {}) });
  return out;
};

async function refusal(zip: string, options: { statistics?: string } = {}): Promise<string> {
  try {
    await importZip(zip, { game, out: join(folder, 'refused'), preprocessing, ...options });
  } catch (error) {
    if (isAgentError(error, 'checkpoint')) return error.message;
    throw error;
  }
  throw new Error('it was imported');
}

function stacksOf(expert: Expert): PictureStack[] {
  const history = expert.createHistory();
  return frames.map((frame) => history.push(frame));
}

describe.each([
  ...['ppo', 'trpo', 'a2c-apart', 'dqn', 'qrdqn', 'maskable', 'unit-floats', 'old-gym', 'continuous'],
  ...['normalized-frames', 'normalized-stack', 'normalized-bytes'],
])('%s', (name) => {
  it('answers as Stable-Baselines3 does', async () => {
    const statistics = name.startsWith('normalized') ? fixture(`${name}.pkl`) : undefined;
    using expert = await Expert.load(await importCase(name, statistics));
    const { outputs, actions } = golden.cases[name] as (typeof golden.cases)[string];
    const decisions = expert.decide(stacksOf(expert));
    decisions.forEach(({ scores, action }, i) => {
      for (const [j, score] of scores.entries()) {
        expect(Math.abs(score - (outputs[i]?.[j] as number)), `frame ${i}`).toBeLessThan(LOGIT_TOLERANCE);
      }
      const expected = actions[i];
      if (typeof expected === 'number') expect(action).toBe(expected);
      else for (const [j, x] of (action as number[]).entries()) expect(x).toBeCloseTo(expected?.[j] as number, 5);
    });
    expect(decisions).toHaveLength(10);
  });
});

describe('observations normalised by running statistics', () => {
  it.each(['normalized-frames', 'normalized-stack'])('%s are the same to the bit', async (name) => {
    const out = await importCase(name, fixture(`${name}.pkl`));
    using expert = await Expert.load(out);
    await using file = await openSafetensors(join(out, 'model.safetensors'));
    const seen = networkInput(stacksOf(expert), expert.config.preprocessing, await readMoments(file));
    expect(sha256(channelsFirst(seen, 144, 6))).toBe(golden.cases[name]?.seen_sha256);
  });

  it('are refused without the statistics, however the zip shows them', async () => {
    expect(await refusal(fixture('normalized-frames.zip'))).toMatch(/floats from -10 to 10.*--statistics/s);
    expect(await refusal(fixture('normalized-bytes.zip'))).toMatch(/last observation is of floats.*--statistics/s);
    const zoo = join(folder, 'zoo');
    await mkdir(join(zoo, 'game'), { recursive: true });
    await copyFile(fixture('ppo.zip'), join(zoo, 'game.zip'));
    await copyFile(fixture('normalized-stack.pkl'), join(zoo, 'game', 'vecnormalize.pkl'));
    expect(await refusal(join(zoo, 'game.zip'))).toMatch(/vecnormalize\.pkl lies beside it.*--statistics/s);
  });

  it('need a file that is one', async () => {
    expect(await refusal(fixture('normalized-stack.zip'), { statistics: preprocessing })).toContain('read as data');
  });
});

describe('a zip that cannot be played', () => {
  it.each([
    ['recurrent', 'it has an LSTM'],
    ['sac', 'expected PPO, A2C, TRPO, DQN or QR-DQN, got SAC'],
    ['vectors', 'expected a CnnPolicy, which sees pictures, got ActorCriticPolicy'],
  ])('%s is named for what it is', async (name, reason) => {
    const message = await refusal(fixture(`${name}.zip`));
    expect(message).toContain(reason);
    expect(message.length).toBeLessThan(600);
  });

  it('is no zip at all', async () => {
    expect(await refusal(fixture('golden.json'))).toContain('this is no zip');
  });

  it('is read by a process that the system ends: the signal is named', async () => {
    const python = join(folder, 'killed.sh');
    await writeFile(python, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    vi.stubEnv('AGENT_PYTHON', python);
    try {
      expect(await refusal(fixture('ppo.zip'))).toContain(`got:      killed by SIGKILL: ${python}`);
      vi.stubEnv('AGENT_PYTHON', fixture('ppo.zip'));
      expect(await refusal(fixture('ppo.zip'))).toContain('got:      it could not be started: ');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('has another number of actions than the game', async () => {
    const other = { ...game, actions: game.actions.slice(1) };
    const options = { game: other, out: join(folder, 'refused'), preprocessing };
    await expect(importZip(fixture('ppo.zip'), options)).rejects.toThrow(/expected 3 actions for my-game.*got 4/s);
  });

  it('has pictures of another size than the usual way gives', async () => {
    const options = { game, out: join(folder, 'refused') };
    await expect(importZip(fixture('ppo.zip'), options)).rejects.toThrow(/expects \(6, 12, 12\).*--preprocessing/s);
  });
});

function channelsFirst(values: Float32Array, pixels: number, depth: number): Float32Array {
  return values.map((_, i) => {
    const [sample, inSample] = [Math.floor(i / (pixels * depth)), i % (pixels * depth)];
    return values[(sample * pixels + (inSample % pixels)) * depth + Math.floor(inSample / pixels)] as number;
  });
}

function sha256(values: Float32Array): string {
  return createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
}
