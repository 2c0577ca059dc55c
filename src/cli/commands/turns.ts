/**
 * `agent turns`: a game on a pipe, for programs that train a model. Requests are lines of JSON on standard input,
 * answers lines of JSON on standard output, each followed by its frames as bytes. docs/trainers.md
 */
import { createInterface } from 'node:readline';
import { type Game, loadGame, promptText, type Turn, Turns, tellingItsFile, withPlay } from '../../agent/index.js';
import { AgentError, isAgentError } from '../../core/index.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { addPlayOption, chosenPlay, type PlayWords } from '../shared/play-options.js';

interface TurnsOptions extends EmulatorOptions, PlayWords {
  readonly game: string;
}

export const registerTurns: Register = (program, context) => {
  const command = program
    .command('turns')
    .description('play a game turn by turn over a pipe: what gymnasium.make of our ids starts (docs/trainers.md)')
    .requiredOption('-g, --game <game>', 'name, or path of a YAML file');
  addEmulatorOptions(addPlayOption(command)).action((options: TurnsOptions) => serveTurns(options, context));
};

async function serveTurns(options: TurnsOptions, _context: CommandContext): Promise<void> {
  const game = withPlay(loadGame(options.game), await chosenPlay(options));
  const { makeEnv } = await import('../../env-bridge/index.js');
  const controller = new AbortController();
  await using emulators = await openEmulators(options, controller);
  const { env: id, ...settings } = game.emulator;
  await using env = await tellingItsFile(game.emulator, () => makeEnv(id, { ...settings, emulators }));
  const turns = new Turns(game, env);
  try {
    await send(helloOf(game, env.spec.observationSpace.shape), []);
    for await (const line of createInterface({ input: process.stdin })) await reply(turns, line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error; // who played has left: so does the game
  }
}

function helloOf(game: Game, shape: readonly number[]): object {
  const { name, title, frames, sights, actions, seeds } = game;
  const prompt = promptText(game, frames, 0);
  return { protocol: 1, name, title, shape, frames, actions, sights, seeds, prompt };
}

/** An error is an answer too: the game goes on, and whoever asked decides. */
async function reply(turns: Turns, line: string): Promise<void> {
  try {
    const { frames, ...turn } = await take(turns, line);
    await send(turn, frames);
  } catch (error) {
    if (!isAgentError(error)) throw error;
    await send({ error: error.toEnvelope() }, []);
  }
}

async function take(turns: Turns, line: string): Promise<Turn> {
  const request = parse(line);
  if (typeof request.reset === 'number') return await turns.reset(request.reset);
  if (typeof request.answer === 'string') return await turns.answer(request.answer);
  if (typeof request.action === 'number') return await turns.act(request.action);
  const expected = '{"reset": SEED}, {"answer": TEXT} or {"action": INDEX}';
  throw new AgentError('protocol', 'a request is none', { expected, got: line.slice(0, 200) });
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const request: unknown = JSON.parse(line);
    return typeof request === 'object' && request !== null ? (request as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function send(content: object, frames: Turn['frames']): Promise<void> {
  const bytes = frames.reduce((sum, { data }) => sum + data.length, 0);
  await write(`${JSON.stringify({ ...content, bytes })}\n`);
  for (const { data } of frames) await write(data);
}

const write = (chunk: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
