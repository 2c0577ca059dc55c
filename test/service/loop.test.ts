/**
 * The loop closed: a checkpoint behind the service, asked by the player of endpoints, plays as it does in process. Both
 * games, answers by schema and answers as text.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths } from '../../src/core/project-paths.js';
import { VisionLanguageModel } from '../../src/model/index.js';
import { serveModel } from '../../src/service/index.js';
import { agent, readManifest, scratchFolder } from '../cli/agent-command.js';

const DECISIONS = '20';

async function play(out: string, words: readonly string[]): Promise<string | undefined> {
  const played = await agent(['play', ...words, '--max-decisions', DECISIONS, '--out', out, '--quiet']);
  expect(played).toMatchObject({ exitCode: 0, stderr: '' });
  const { result } = await readManifest(out);
  expect(result).toMatchObject({ decisions: 20 });
  return result?.chain;
}

describe.each([
  { game: 'carracing', kind: 'pae-lamm', answers: 'schema', local: [] },
  { game: 'spaceinvaders', kind: 'pae-lamm', answers: 'schema', local: [] },
  // pae-lamm-carracing says its aim before a name, and so writes no answer by itself: aims.test.ts
  { game: 'carracing', kind: 'frozen', answers: 'text', local: ['--play', 'answers=written'] },
  { game: 'spaceinvaders', kind: 'pae-lamm', answers: 'text', local: ['--play', 'answers=written'] },
])('$kind in $game over HTTP, answers by $answers', { timeout: 240_000 }, ({ game, kind, answers, local }) => {
  it('comes to the same hash chain as in process', async () => {
    const folder = await scratchFolder();
    const checkpoint = join(projectPaths.models, `${kind}-${game}`);
    using model = await VisionLanguageModel.load(checkpoint);
    const name = basename(checkpoint);
    await using service = await serveModel(model, { name, fingerprint: 'test', port: 0 });
    const endpoint = join(folder, 'endpoint.yaml');
    await writeFile(endpoint, `base_url: ${service.url}\nanswers: ${answers}\ntemperature: 0\n`);
    const chain = await play(join(folder, 'http'), ['--game', game, '--policy', `endpoint:${endpoint}:${name}`]);
    expect(chain).toBe(await play(join(folder, 'local'), ['--game', game, '--policy', kind, ...local]));
  });
});
