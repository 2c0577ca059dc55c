/** Loading refuses what does not fit, by name; the policy keeps each episode's frames and asks in one batch. */

import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpisodeStart, loadGame, type Situation } from '../../src/agent/index.js';
import { isAgentError } from '../../src/core/index.js';
import { projectPaths } from '../../src/core/project-paths.js';
import { Expert } from '../../src/expert/index.js';
import { openSafetensors, writeSafetensors } from '../../src/model/checkpoint/index.js';
import { expertKind } from '../../src/players/expert.js';
import { createExpertPolicy } from '../../src/players/index.js';
import { copyExpert, type ParityFile, readParity } from './parity-file.js';

const CAR_RACING = join(projectPaths.models, 'expert-carracing');

async function loadError(path: string): Promise<string> {
  try {
    using _ = await Expert.load(path);
  } catch (error) {
    if (isAgentError(error, 'checkpoint')) return error.message;
    throw error;
  }
  throw new Error('it loaded');
}

describe('a folder that is no whole expert', () => {
  it('is refused where a tensor is missing, foreign or of another shape', async () => {
    await using copy = await copyExpert(CAR_RACING);
    const path = join(copy.path, 'model.safetensors');
    await using file = await openSafetensors(join(CAR_RACING, 'model.safetensors'));
    const tensors = await Promise.all(file.names.map(async (name) => ({ name, ...(await file.read(name)) })));
    const write = (list: typeof tensors) => writeSafetensors(path, list, { dtype: 'float32' });
    await write(tensors.filter(({ name }) => name !== 'policy.0.bias'));
    expect(await loadError(copy.path)).toContain('policy.0.bias');
    await write([...tensors, { name: 'stranger', dtype: 'F32', shape: [1], data: new Float32Array(1) }]);
    expect(await loadError(copy.path)).toContain('stranger');
    await write(
      tensors.map((tensor) =>
        tensor.name === 'features.1.bias' ? { ...tensor, shape: [1], data: new Float32Array(1) } : tensor,
      ),
    );
    expect(await loadError(copy.path)).toContain('features.1.bias');
  });

  it('is refused where a file is cut off or missing', async () => {
    await using copy = await copyExpert(CAR_RACING);
    await truncate(join(copy.path, 'model.safetensors'), 1000);
    expect(await loadError(copy.path)).toContain('model.safetensors');
    expect(await loadError(join(copy.path, 'nowhere'))).toContain('config.json');
  });

  it('is refused by the field of its configuration', async () => {
    await using copy = await copyExpert(CAR_RACING);
    const path = join(copy.path, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...config, format_version: 2, extra: true }));
    const message = await loadError(copy.path);
    expect(message).toContain('format_version');
    expect(message).toContain('extra');
  });
});

describe('the policy', () => {
  let parity: ParityFile;
  beforeAll(async () => {
    parity = await readParity('carracing');
  });

  const start = async (episode: string, game = 'carracing'): Promise<EpisodeStart> => ({
    episode,
    seed: 1,
    game: await loadGame(game),
    env: {
      id: 'CarRacing-v3',
      observationSpace: { kind: 'box', shape: [96, 96, 3], dtype: 'uint8', low: 0, high: 255 },
      actionSpace: { kind: 'discrete', count: 5, start: 0 },
      actionNames: null,
      frameSkip: 4,
      maxEpisodeSteps: 250,
      framesPerSecond: 50,
      renderSize: null,
    },
  });
  const situation = (episode: string, step: number, row: number, attempt = 0): Situation => {
    const observation = parity.frames[row] as ParityFile['frames'][number];
    return { episode, step, attempt, observation, frames: [observation] };
  };

  it('keeps four frames of its own for each episode, and does not count a repeated question as a frame', async () => {
    await using policy = createExpertPolicy(await Expert.load(CAR_RACING));
    using expert = await Expert.load(CAR_RACING);
    const histories = { a: expert.createHistory(), b: expert.createHistory() };
    await policy.begin(await start('a'));
    await policy.begin(await start('b'));
    for (let step = 0; step < 6; step++) {
      const rows = { a: step, b: 7 - step };
      const stacks = (['a', 'b'] as const).map((name) =>
        histories[name].push(parity.frames[rows[name]] as ParityFile['frames'][number]),
      );
      const expected = expert.decide(stacks);
      const asked = [situation('a', step, rows.a), situation('b', step, rows.b)];
      const answers = await policy.act(asked);
      const again = await policy.act([{ ...(asked[0] as Situation), attempt: 1 }]);
      expect(answers).toMatchObject(expected.map(({ action }) => ({ kind: 'action', action })));
      expect(again).toMatchObject([{ kind: 'action', action: expected[0]?.action }]);
    }
    await policy.end('a');
    await expect(policy.act([situation('a', 6, 0)])).rejects.toThrow(/begin\(\)/);
    await expect(policy.act([situation('b', 9, 0)])).rejects.toThrow(/every step/);
  });

  it('takes in the frames that it was not asked about: of held actions, and while it thought', async () => {
    await using policy = createExpertPolicy(await Expert.load(CAR_RACING));
    using expert = await Expert.load(CAR_RACING);
    const history = expert.createHistory();
    await policy.begin(await start('a'));
    const frames = parity.frames.slice(0, 5);
    for (const frame of frames) history.push(frame);
    await policy.act([situation('a', 0, 0)]);
    const answers = await policy.act([{ ...situation('a', 4, 4), unasked: frames.slice(1, 4) }]);
    const [expected] = expert.decide([history.pictures]);
    expect(answers).toMatchObject([{ kind: 'action', action: expected?.action, scores: expected?.scores }]);
  });

  it('can be looked at without its network: the same pictures that it decides from', async () => {
    const view = await expertKind.view?.(CAR_RACING, { game: await loadGame('carracing') });
    using expert = await Expert.load(CAR_RACING);
    const history = expert.createHistory();
    for (const frame of parity.frames.slice(0, 6)) {
      const pictures = history.push(frame);
      const seen = view?.(frame) ?? [];
      expect(seen.map(({ shape }) => shape)).toEqual(Array(4).fill([48, 48, 1]));
      expect(seen.map(({ data }) => [...data])).toEqual(pictures.map(({ data }) => [...data]));
    }
  });

  it('refuses a game of other actions before anything is loaded', async () => {
    const other = { game: loadGame('spaceinvaders') };
    await expect(expertKind.check?.(CAR_RACING, other)).rejects.toThrow(/trained for another game.*nothing, right/s);
    await expect(expertKind.create(CAR_RACING, other)).rejects.toThrow(/trained for another game/);
    const steered = { game: { ...loadGame('carracing'), actions: [] } };
    await expect(expertKind.create(CAR_RACING, steered)).rejects.toThrow(/got: +vectors/);
  });

  it('refuses another game', async () => {
    await using policy = createExpertPolicy(await Expert.load(CAR_RACING));
    await expect(policy.begin(await start('a', 'spaceinvaders'))).rejects.toThrow(/trained for another game/);
  });
});

afterAll(async () => {
  const { memory } = await import('@tensorflow/tfjs');
  expect(memory().numTensors).toBe(0);
});
