/** `agent parse`: what the harness would read in an answer, and why. */
import { text as readAll } from 'node:stream/consumers';
import type { Game, ParseExplanation, ParseStep } from '../../agent/index.js';
import { AgentError, harmlessName } from '../../core/index.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent parse --game carracing "The road bends right. So I turn left."
  $ agent parse --game carracing '{"action":"left"} Wait, actually right.'
  $ agent parse --game spaceinvaders - < answer.txt
  $ jq -r '.raw // empty' runs/RUN/steps.jsonl | head -1 | agent parse --game spaceinvaders --json

An answer that cannot be used is no failure of the command: it exits with 0 and says the reason.
docs/games.md tells how answers are read.`;

/** Characters of a part of an answer that are shown. */
const SHOWN = 160;

export const registerParse: Register = (program, context) => {
  program
    .command('parse')
    .description('show which action would be read in an answer, and why')
    .argument('[text]', 'the answer; - or none reads it from standard input', '-')
    .requiredOption('--game <game>', 'whose actions: a name, or the path of a YAML file')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, { game: name }: { game: string }) => {
      const { explainParse, loadGame } = await import('../../agent/index.js');
      const output = context.output();
      const game = loadGame(name);
      const raw = given === '-' ? await standardInput() : given;
      const { result, steps } = explainParse(raw, game.actions, game.sights);
      output.block(described({ result, steps }, game));
      const action = result.ok ? { actionName: game.actions[result.action]?.name } : {};
      output.result({ game: game.name, raw, result: { ...result, ...action }, steps });
    });
};

/** All of standard input, without the line's end that a shell adds. */
async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new AgentError('usage', 'there is no answer to read', {
      expected: 'the answer as an argument, or on standard input',
      got: 'a terminal',
      where: 'agent parse',
      next: 'agent parse --game GAME "TEXT", or … | agent parse --game GAME',
    });
  }
  return (await readAll(process.stdin)).replace(/\r?\n$/, '');
}

function described({ result, steps }: ParseExplanation, game: Game): string {
  const lines = steps.map(line);
  if (result.ok) lines.push(`action    ${game.actions[result.action]?.name} (${result.form})`);
  else {
    const found = result.found.length > 0 ? `; found: ${result.found.join(', ')}` : '';
    lines.push(`no action ${result.reason}${found}`);
  }
  return lines.map(harmlessName).join('\n');
}

function line({ what, why, text }: ParseStep): string {
  return `${what.padEnd(9)} ${why}: ${JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)}`;
}
