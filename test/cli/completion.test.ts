/** The completion script in a real bash: what is offered for the words so far. */
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { agent } from './agent-command.js';

let bash: string;
beforeAll(async () => {
  bash = (await agent(['completion', 'bash'])).stdout;
});

/** What bash would offer for the last word. */
async function offered(...words: string[]): Promise<string[]> {
  const line = ['agent', ...words].map((word) => `'${word}'`).join(' ');
  const program = `${bash}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', program]);
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it('offers commands, those of groups, and their options', async () => {
    expect(await offered('pl')).toEqual(['play']);
    expect(await offered('setup', '--tr')).toEqual(['--train']);
    const said = (await agent(['setup', '--help'])).stdout.match(/^ {2}(--\w+)/gm)?.map((flag) => flag.trim()) ?? [];
    expect(said).toContain('--with');
    expect((await offered('setup', '')).sort()).toEqual(said.sort());
    expect(await offered('train', '')).toEqual(expect.arrayContaining(['expert', 'clip', 'play']));
    expect(await offered('train', 'play', '--demo')).toEqual(['--demonstrations']);
    expect(await offered('eval', '--max-d')).toEqual(['--max-decisions']);
  });

  it('offers games, policies, models and the words that an option takes', async () => {
    expect(await offered('play', '--game', '')).toEqual(expect.arrayContaining(['carracing', 'spaceinvaders']));
    expect(await offered('games', 'car')).toEqual([
      ...['carracing', 'carracing-colors', 'carracing-german', 'carracing-swapped'],
    ]);
    expect(await offered('play', '-p', '')).toEqual(expect.arrayContaining(['expert', 'random', 'constant:']));
    expect(await offered('ask', '--model', 'pae-lamm-m')).toEqual(['pae-lamm-mini']);
    expect(await offered('ask', '--device', '')).toEqual(['auto', 'cpu', 'gpu']);
  });

  it('offers files where a file may stand', async () => {
    expect(await offered('games', './READ')).toEqual(['./README.md']);
    expect(await offered('replay', 'package.j')).toEqual(['package.json']);
  });

  it('is there for fish and zsh too', async () => {
    const fish = (await agent(['completion', 'fish'])).stdout;
    expect(fish).toMatch(/-n '__fish_use_subcommand' -a 'play'/);
    expect(fish).toMatch(/-s g -l game .* -a '[^']*carracing/);
    const asJson = JSON.parse((await agent(['completion', 'fish', '--json'])).stdout);
    expect(asJson).toEqual({ shell: 'fish', script: `${fish}\n` });
    expect((await agent(['completion', 'zsh'])).stdout).toMatch(/^autoload -U \+X compinit/);
  });
});
