/** Eye tests in folders: they go on where they were stopped, and what was changed is refused. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, type Policy, type Situation, UNUSABLE_ANSWERS } from '../../src/agent/index.js';
import { AgentError, createRandom } from '../../src/core/index.js';
import { readRuns, resultOf, runEyeTests, writeEyeReport, writePlan } from '../../src/eyetest/index.js';
import { parseEndpoint } from '../../src/players/http/load.js';
import { servicePolicy } from '../../src/players/http/policy.js';
import { sendJson, startService, WELL } from '../players/http/support/services.js';

const PLAN = {
  ...{ format: 1 as const, model: '<b>me</b>', provenance: {}, seed: 3, side: 64, each: null, most: 12 },
  ...{ tests: ['dot', 'moved'], answers: 'scored' as const, usable: 0.85, versions: {} },
};

async function planned(plan = PLAN): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'eyetest-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'eyes');
  await writePlan(folder, plan);
  return folder;
}

/** Answers by chance, the same for the same pictures. */
function player(answer: (situation: Situation, names: readonly string[]) => Answer): Policy {
  const names = new Map<string, readonly string[]>();
  return {
    id: 'scripted',
    needs: [],
    begin: async ({ episode, game }) => {
      names.set(
        episode,
        game.actions.map(({ name }) => name),
      );
    },
    act: async (situations) => situations.map((one) => answer(one, names.get(one.episode) as readonly string[])),
    end: async (episode) => {
      names.delete(episode);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const byChance = ({ frames }: Situation, names: readonly string[]): Answer => {
  const random = createRandom(frames[0]?.data.reduce((sum, value) => sum + value, 0) ?? 0, 'choice');
  return { kind: 'text', raw: random.pick(names) };
};

const answersOf = (folder: string) => readFile(join(folder, 'answers.jsonl'), 'utf8');

describe('an eye test', { timeout: 60_000 }, () => {
  it('goes on where it was stopped, also in the middle of a line, to the same answers', async () => {
    const whole = await planned();
    await runEyeTests({ folder: whole, policy: player(byChance) });
    const text = await answersOf(whole);
    for (const cut of [0, 1, Math.floor(text.length / 3), text.length - 1]) {
      const folder = await planned();
      await writeFile(join(folder, 'answers.jsonl'), text.slice(0, cut));
      await runEyeTests({ folder, policy: player(byChance) });
      expect((await answersOf(folder)).split('\n').sort()).toEqual(text.split('\n').sort());
    }
  });

  it('keeps what was answered beside a question that failed', async () => {
    const folder = await planned();
    let asked = 0;
    const failing = player((situation, names) =>
      ++asked === 6 ? { kind: 'failure', error: new AgentError('service', 'gone') } : byChance(situation, names),
    );
    await expect(runEyeTests({ folder, policy: failing })).rejects.toThrow('gone');
    expect((await answersOf(folder)).trimEnd().split('\n')).toHaveLength(5);
    const runs = await runEyeTests({ folder, policy: failing });
    expect(asked - 1).toBe(runs.reduce((sum, { lines }) => sum + lines.length, 0));
  });

  it('reads what was asked when more of it had to be usable', async () => {
    const folder = await planned({ ...PLAN, usable: 0.75 });
    await runEyeTests({ folder, policy: player(() => ({ kind: 'text', raw: 'I would rather not say.' })) });
    expect((await readRuns(folder)).map(({ lines }) => lines.length)).toEqual([16, 16]);
  });

  it('counts what cannot be used apart, and ends all the same', async () => {
    const folder = await planned();
    const mumbling = player(() => ({ kind: 'text', raw: 'I would rather not say.' }));
    const [first] = await runEyeTests({ folder, policy: mumbling });
    expect(resultOf(first as NonNullable<typeof first>)).toMatchObject({
      ...{ threshold: null, asked: 15, usable: 0, unusable: { 'no-match': 15 } },
    });
    const refusing = await planned();
    await runEyeTests({ folder: refusing, policy: player(() => ({ kind: 'unusable', outcome: 'refusal', raw: '' })) });
    expect(UNUSABLE_ANSWERS).toContain('refusal');
    expect((await readRuns(refusing)).map(resultOf)).toMatchObject([
      { unusable: { refusal: 15 } },
      { unusable: { refusal: 15 } },
    ]);
  });

  it.each([
    ['"answer":0', '"answer":1'],
    ['"level":5,', '"level":6,'],
    ['"pictures":"', '"pictures":"0'],
    ['"test":"dot"', '"test":"gap"'],
    ['{"test"', '{"toString"'],
  ])('whose %s was changed to %s is refused', async (was, is) => {
    const folder = await planned();
    await runEyeTests({ folder, policy: player(byChance) });
    const text = await answersOf(folder);
    expect(text).toContain(was);
    await writeFile(join(folder, 'answers.jsonl'), text.replace(was, is));
    await expect(readRuns(folder)).rejects.toMatchObject({ code: 'record' });
  });

  it('with answers that nobody asked for is refused', async () => {
    const folder = await planned();
    await runEyeTests({ folder, policy: player(byChance) });
    const [line] = (await answersOf(folder)).split('\n');
    await appendFile(join(folder, 'answers.jsonl'), `${line}\n`);
    await expect(readRuns(folder)).rejects.toMatchObject({ code: 'record' });
  });

  it('is told on a page without script, whatever a model is called', async () => {
    const folder = await planned();
    await runEyeTests({ folder, policy: player(byChance) });
    const out = `${folder}-report`;
    await writeEyeReport([folder, folder], out);
    const page = await readFile(join(out, 'report.html'), 'utf8');
    expect(page).toContain('&lt;b&gt;me&lt;/b&gt;');
    expect(page).not.toMatch(/<b>me|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')).models).toHaveLength(2);
    expect(await readFile(join(out, 'report.csv'), 'utf8')).toMatch(/^model,side,test.*\r\n"<b>me<\/b>",64,dot/);
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('| dot: smallest dot that is found | pixels |');
  });
});

describe('through a service', { timeout: 60_000 }, () => {
  it('comes to the same answers where every third request fails, and asks nothing twice', async () => {
    const told: string[][] = [];
    for (const failing of [false, true]) {
      let requests = 0;
      let good = 0;
      await using service = await startService((response) => {
        if (failing && ++requests % 3 === 0) {
          response.statusCode = 503;
          response.setHeader('retry-after-ms', '1');
          response.end('busy');
        } else {
          good++;
          sendJson(response, WELL.openai('top left'));
        }
      });
      const text = `base_url: ${service.url}\nanswers: text\n`;
      await using policy = servicePolicy(
        { ...parseEndpoint(text, 'own.yaml'), model: 'm' },
        { id: 'endpoint:own', env: {} },
      );
      const folder = await planned({ ...PLAN, tests: ['dot'] });
      const [run] = await runEyeTests({ folder, policy });
      const lines = run?.lines ?? [];
      expect(good).toBe(lines.length);
      told.push(lines.map(({ service: _, usage: __, ...line }) => JSON.stringify(line)));
    }
    expect(told[1]).toEqual(told[0]);
  });
});
