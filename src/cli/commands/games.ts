/** `agent games`: the games there are, and what a model is told about one. */
import type { Game } from '../../agent/index.js';
import { harmlessName } from '../../core/harmless.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent games                     all games
  $ agent games spaceinvaders       actions, settings and the prompt of one
  $ agent games ./my-game.yaml      check a file of your own

docs/games.md tells how to add a game: a YAML file, no code.`;

export const registerGames: Register = (program, context) => {
  program
    .command('games')
    .description('list the games, or show one with its prompt')
    .argument('[game]', 'name, or path of a YAML file')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined) => {
      const { listGames, loadGame, promptText } = await import('../../agent/index.js');
      const output = context.output();
      if (name === undefined) {
        const games = listGames();
        output.block(table(games));
        output.result({ games });
        return;
      }
      const game = loadGame(name);
      if (isFile(name)) output.note(await made(game));
      const prompt = promptText(game, game.frames, 0);
      output.block(`${describe(game)}\n\n${output.style('The prompt a model is given', 'bold')}\n\n${prompt}`);
      output.result({ game, prompt });
    });
};

/** A name without a slash or an ending is a shipped game's, which tests play. */
const isFile = (name: string): boolean => /[/]|[.]ya?ml$/.test(name);

/** Makes the game's environment. Rejects where it cannot be made, or has other actions than the game names. */
async function made(game: Game): Promise<string> {
  const { requireSameActions, specOf } = await import('../../agent/index.js');
  const { startEmulators } = await import('../../env-bridge/index.js');
  const { signal } = new AbortController();
  await using emulators = await startEmulators({ signal });
  const spec = await specOf(game.emulator, emulators, signal);
  requireSameActions(game, spec);
  const { shape, dtype } = spec.observationSpace;
  return `checked: ${spec.id} was made, with observations of ${dtype} [${shape.join(', ')}] and these actions`;
}

function table(games: readonly Game[]): string {
  const rows = games.map(({ name, title, emulator, frames, actions }) => [
    name,
    title,
    emulator.env,
    `${frames}`,
    `${emulator.frameSkip}${emulator.maxPool ? ' max' : ''}`,
    actions.map((action) => action.name).join(', '),
  ]);
  const all = [['GAME', 'TITLE', 'EMULATOR', 'FRAMES', 'SKIP', 'ACTIONS'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function describe(game: Game): string {
  const { emulator, answers, seeds } = game;
  const actions = game.actions.map(({ name, aliases, description }, index) => {
    const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
    return `  ${index} ${name}: ${description}${also}`;
  });
  const sights = game.sights.map(({ name, description }) => `  ${name}: ${description}`);
  const references = game.reference.map(({ name, mean, deviation, source }) => {
    return `  ${name}: ${mean}${deviation === undefined ? '' : ` ± ${deviation}`} (${source})`;
  });
  return [
    `${game.title} (${game.name})`,
    `  emulator: ${emulator.env} ${JSON.stringify(emulator.kwargs)}`,
    `  a decision: ${emulator.frameSkip} emulator frames${emulator.maxPool ? ', the last two pooled' : ''}`,
    `  shown at once: ${game.frames} frames`,
    `  unusable answers: ${answers.retries} retries, then ${game.actions[answers.fallback]?.name}`,
    `  seeds: default ${seeds.default}, training ${span(seeds.training)}, evaluation ${span(seeds.evaluation)}`,
    'Actions',
    ...actions,
    ...(game.sights.length > 0 ? ['Written before the action', ...sights] : []),
    ...(references.length > 0 ? ['Scores to compare with', ...references] : []),
  ]
    .map(harmlessName)
    .join('\n');
}

function span({ from, to }: Game['seeds']['training']): string {
  return `${from}-${to}`;
}
