/** The shipped PAE-LaMM plays: who plays without --policy, by which way, and whether it is the same again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { splitSighted, writeSighted } from '../../src/agent/sighted-answer.js';
import { type StepLine, stepLineSchema } from '../../src/record/schema.js';
import { agent, readManifest, scratchFolder, timelessLines } from './agent-command.js';

async function decisionsOf(folder: string): Promise<StepLine[]> {
  const text = await readFile(join(folder, 'steps.jsonl'), 'utf8');
  const [, ...decisions] = text.trim().split('\n');
  return decisions.map((line) => stepLineSchema.parse(JSON.parse(line)));
}

describe.each([
  { name: 'carracing', steps: 25, answers: 'scored behind an aim' },
  { name: 'spaceinvaders', steps: 25, answers: 'written' },
])('agent play --game $name', { timeout: 240_000 }, ({ name, steps, answers }) => {
  it('lets PAE-LaMM play through prompt, text and parser, to the same score and hash chain again', async () => {
    const folder = await scratchFolder();
    const runs = ['first', 'again'].map((run) => join(folder, run)) as [string, string];
    for (const run of runs) {
      const played = await agent(['play', '--game', name, '--max-decisions', `${steps}`, '--out', run, '--quiet']);
      expect(played).toMatchObject({ exitCode: 0, stderr: '' });
    }
    const [first, again] = await Promise.all(runs.map(readManifest));
    expect(first?.policy).toMatchObject({ id: `pae-lamm:pae-lamm-${name}`, provenance: { answers } });
    expect(first?.result).toMatchObject({
      decisions: steps,
      score: again?.result?.score,
      chain: again?.result?.chain,
    });
    expect(await timelessLines(runs[0])).toBe(await timelessLines(runs[1]));

    const game = loadGame(name);
    const { actions, prompt } = game;
    const asked = await decisionsOf(runs[0]);
    expect(asked).toHaveLength(steps);
    for (const { raw, parse, usage, executed } of asked) {
      expect(parse).toMatchObject({ ok: true, form: 'exact', action: executed });
      const { sights = [] } = splitSighted(game, raw as string);
      expect(raw).toBe(writeSighted(sights, actions[executed as number]?.name as string));
      expect(sights).toHaveLength(game.sights.length);
      expect(usage?.promptTokens).toBeGreaterThan(prompt.instructions.split(/\s+/).length);
    }

    const verified = await agent(['replay', runs[0], '--json', '--quiet']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ isVerified: true, score: first?.result?.score });
  });
});
