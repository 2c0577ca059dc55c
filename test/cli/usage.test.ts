/** Wrong words on the command line: what is said, where, and with which exit code. */

import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';
import { AGENT, agent, scratchFolder } from './agent-command.js';

const WRONG: readonly { args: string[]; code: number; says: RegExp }[] = [
  { args: [], code: 2, says: /Usage: agent/ },
  { args: ['plya'], code: 2, says: /Did you mean play\?/ },
  { args: ['play'], code: 2, says: /--game NAME or --env ID/ },
  { args: ['play', '--game', 'carracng'], code: 2, says: /did you mean carracing\?/ },
  { args: ['play', '--game', 'carracing', '--env', 'X-v0'], code: 2, says: /a game or an environment, not both/ },
  { args: ['play', '--game', 'carracing', '--seed', '-1'], code: 2, says: /whole number from 0/ },
  { args: ['play', '--game', 'carracing', '--seed', '1.5'], code: 2, says: /whole number from 0/ },
  { args: ['play', '--game', 'carracing', '--policy', 'rndom'], code: 2, says: /did you mean random\?/ },
  { args: ['play', '--game', 'carracing', '--policy', 'constant'], code: 2, says: /constant:ACTION/ },
  { args: ['play', '--game', 'carracing', '--policy', 'constant:gass'], code: 2, says: /gas/ },
  { args: ['play', '--game', './missing.yaml'], code: 2, says: /missing\.yaml/ },
  { args: ['play', '--env', 'CarRacng-v3'], code: 2, says: /CarRacing-v3/ },
  { args: ['play', '--game', 'carracing', '--server-key', 'x'], code: 2, says: /--client-key/ },
  { args: ['play', '--game', 'carracing', '--policy-view'], code: 2, says: /--policy-view together with --record/ },
  {
    args: ['play', '--game', 'carracing', '--record', '--policy-view', '--no-overlay'],
    code: 2,
    says: /--policy-view or --no-overlay, not both/,
  },
  { args: ['replay', 'no/such/run', '--policy-view'], code: 2, says: /together with --video FILE or --strip FILE/ },
  { args: ['play', '--game', 'carracing', '--policy', 'my-model'], code: 2, says: /pae-lamm:DIR.*LLaVA layout/ },
  { args: ['play', '--game', 'carracing', '--policy', 'gpt-4o'], code: 2, says: /did you mean openai:gpt-4o\?/ },
  {
    args: ['eval', '--game', 'carracing', '--policy', 'pae-lamm:llava-hf/llava-1.5-7b-hf'],
    code: 2,
    says: /hf download llava-hf\/.*then --policy pae-lamm:llava-1\.5-7b-hf$/,
  },
  {
    args: ['eval', '--game', 'carracing,spaceinvaders'],
    code: 2,
    says: /name each by itself: --game carracing --game spaceinvaders$/,
  },
  { args: ['play', '--game', 'carracing', '--out', ''], code: 2, says: /the path is empty[\s\S]*--out/ },
  { args: ['play', '--game', ''], code: 2, says: /the word is empty[\s\S]*--game/ },
  { args: ['eval', '--merge', 'runs/a', ''], code: 2, says: /the path is empty[\s\S]*--merge/ },
  { args: ['replay', ''], code: 2, says: /the path is empty[\s\S]*where: +run\n/ },
  { args: ['report', 'runs', ''], code: 2, says: /the path is empty[\s\S]*where: +run\n/ },
  {
    args: ['play', '--game', 'carracing', '--out', `/tmp/${'n'.repeat(300)}`],
    code: 2,
    says: /^error: the name is too/,
  },
  { args: ['replay', 'no/such', '--video', `${'n'.repeat(300)}.mp4`], code: 2, says: /^error: the name is too long/ },
  { args: ['play', '--game', 'carracing', '--record', 'x.gif'], code: 2, says: /ends in \.mp4/ },
  { args: ['play', '--game', 'carracing', '--record', 'no/such/a.mp4'], code: 2, says: /folder does not exist/ },
  { args: ['play', '--game', 'carracing', '--out', 'docs'], code: 2, says: /not empty/ },
  {
    args: ['eval', '--game', 'carracing', '--policy', 'expert,random'],
    code: 2,
    says: /--policy expert --policy random/,
  },
  { args: ['eval', '--game', 'carracing', '--policy', 'pae-lamm:no/such'], code: 2, says: /no such model/ },
  { args: ['eval', '--game', 'carracing', '--policy', 'expert:no/such'], code: 1, says: /no\/such/ },
  { args: ['eval', '--game', 'carracing', '--max-steps', '3'], code: 2, says: /Did you mean --max-decisions\?/ },
  { args: ['compare', '--game', 'carracing', '-p', 'expert', '-p', 'rndom'], code: 2, says: /did you mean random\?/ },
  { args: ['play', '--game', 'carracing', '--no-overlay'], code: 2, says: /--no-overlay together with --record/ },
  { args: ['play', '--game', 'carracing', '--connect', 'nosuch'], code: 2, says: /an endpoint such as tcp/ },
  { args: ['eval', '--game', 'carracing', '--policy', 'noop', '--trust-files'], code: 2, says: /with --resume/ },
  { args: ['eval', '--game', 'breakout', '--policy', 'expert'], code: 2, says: /no expert is shipped for breakout/ },
  {
    args: ['eval', '--game', 'carracing', '--policy', 'expert:models/pae-lamm-mini'],
    code: 1,
    says: /plays as --policy pae-lamm:models\/pae-lamm-mini/,
  },
  {
    args: ['eval', '--game', 'carracing', '--policy', 'pae-lamm:docs'],
    code: 2,
    says: /docs: a folder without config\.json/,
  },
  { args: ['models', 'models/expert-carracing'], code: 1, says: /plays as --policy expert:models\/expert-carracing/ },
  { args: ['compare', 'no/such', 'nor/this', '--seed', '3'], code: 2, says: /no --seed beside folders/ },
  { args: ['replay', 'no/such/run', '--fps', '5'], code: 2, says: /--fps together with --video/ },
  { args: ['replay', 'no/such/run', '--count', '5'], code: 2, says: /--count together with --strip/ },
  { args: ['datasets', 'no/such'], code: 2, says: /no such file or folder/ },
  { args: ['report', 'no/such'], code: 1, says: /got: +no such file or folder\n/ },
  { args: ['ask', '--image', 'no/such.png', 'hello'], code: 2, says: /got: +no such file or folder\n/ },
  { args: ['ask', '--image', 'docs', 'hello'], code: 2, says: /no file, but a folder/ },
  { args: ['help', 'plya'], code: 2, says: /Did you mean play\?/ },
  { args: ['plya', '--help'], code: 2, says: /Did you mean play\?/ },
  { args: ['replay', 'no/such/run', '--video', 'a.webm'], code: 2, says: /ends in \.mp4/ },
  { args: ['replay', 'no/such/run'], code: 1, says: /no\/such\/run/ },
  { args: ['replay'], code: 2, says: /missing required argument/ },
];

describe('wrong use', { timeout: 60_000 }, () => {
  it('leaves no run behind', async () => {
    await agent(['eval', '--game', 'carracing', '--policy', 'expert,random']);
    await agent(['compare', '--game', 'carracing', '-p', 'expert', '-p', 'rndom']);
    expect(
      readdirSync(join(projectRoot, 'runs')).filter((name) => /carracing-.*(rndom|expert-random)/.test(name)),
    ).toEqual([]);
  });

  it.each(WRONG)('agent $args', async ({ args, code, says }) => {
    const { exitCode, stderr, stdout } = await agent(args);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is JSON with --json, wherever the option stands', async () => {
    for (const args of [
      ['play', '--game', 'carracng', '--json'],
      ['--json', 'play', '--game', 'carracng'],
    ]) {
      const { exitCode, stdout } = await agent(args);
      expect(exitCode).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unknown_game', next: 'did you mean carracing?' } });
    }
    const wrong = await agent(['play', '--seed', 'x', '--json']);
    expect(wrong.exitCode).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'usage' } });
  });

  it('is quiet when the reader of its output has left', async () => {
    const reading = agent(['play', '--help']);
    reading.stdout?.destroy();
    const { exitCode, stderr } = await reading;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('names file, line and field of a wrong YAML', async () => {
    const path = join(await scratchFolder(), 'mine.yaml');
    await writeFile(path, 'name: mine\ntitle: Mine\nemulator:\n  env: CarRacing-v3\n  frame_skp: 4\nframes: 2\n');
    const { exitCode, stderr } = await agent(['games', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/mine\.yaml:5/);
    expect(stderr).toMatch(/frame_skp/);
    expect(stderr).toMatch(/did you mean frame_skip/);
  });

  it('names an occupied port, and a server that is not there', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const served = await agent(['serve', '--listen', `tcp://127.0.0.1:${port}`]);
    expect(served.exitCode).not.toBe(0);
    expect(served.stderr).toMatch(/in use/i);
    expect(served.stderr).not.toMatch(/Traceback/);
    await new Promise((resolve) => taken.close(resolve));

    const alone = await agent(['play', '--game', 'carracing', '--connect', `tcp://127.0.0.1:${port}`]);
    expect(alone.exitCode).toBe(1);
    expect(alone.stderr).toContain(String(port));
  });
});

describe('an output that cannot be written', () => {
  it.skipIf(!existsSync('/dev/full'))('is a failure in one line', async () => {
    const { exitCode, stderr } = await execa('sh', ['-c', '"$0" games > /dev/full', AGENT], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: the output cannot be written: .*no space/i);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});

describe('help', () => {
  it.each(['play', 'replay', 'games', 'parse', 'doctor', 'serve', 'keys', 'completion'])(
    'of %s has a description',
    async (name) => {
      const { exitCode, stdout } = await agent([name, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Usage: agent ${name}`);
    },
  );

  it.each([
    [['help', 'train', 'play'], 'Usage: agent train play'],
    [['help', 'setup'], 'Usage: ./agent setup'],
  ])('agent %j', async (args, says) => {
    const { exitCode, stdout } = await agent(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(says);
  });

  it('lists every command, and completion knows them', async () => {
    const { stdout } = await agent(['--help']);
    const script = (await agent(['completion', 'bash'])).stdout;
    for (const name of ['play', 'replay', 'games', 'doctor', 'serve', 'keys']) {
      expect(stdout).toContain(`  ${name} `);
      expect(script).toContain(`"${name}"`);
    }
  });
});
