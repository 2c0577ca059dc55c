/** `--env ID` and how it is made, for every command that plays. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EnvironmentOptions } from '../../agent/index.js';
import { AgentError, type JsonObject } from '../../core/index.js';
import { jsonFields } from '../../core/json-fields.js';
import { wholeNumber } from './arguments.js';

export function addEnvironmentOptions(command: Command): Command {
  return command
    .option('--env <id>', 'any Gymnasium id, also MODULE:ID, instead of --game')
    .option('--kwargs <json>', 'with --env: arguments of gymnasium.make, such as \'{"map_name": "8x8"}\'', jsonObject)
    .addOption(
      new Option(
        '--observation <which>',
        "with --env: the environment's own (native), or its rendered picture",
      ).choices(['native', 'render']),
    )
    .option('--frame-skip <n>', 'with --env: emulator frames a decision', wholeNumber(1, 1000));
}

function jsonObject(text: string): JsonObject {
  const { data, error } = jsonFields.safeParse(parsedJson(text));
  if (error === undefined) return data;
  const [issue] = error.issues;
  // JSON has no infinity, but 1e400 is read as one.
  if (issue?.path.length) throw new InvalidArgumentError(`${issue.path.join('.')}: expected a finite number`);
  throw new InvalidArgumentError('expected a JSON object, such as \'{"is_slippery": false}\'');
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws `usage` for options that belong to `--env` without it, and for `--env` beside a game. */
export function checkEnvironmentOptions(options: EnvironmentOptions, game: unknown): void {
  const { env, kwargs, observation, frameSkip } = options;
  if (env !== undefined && game !== undefined) {
    throw new AgentError('usage', 'a game or an environment, not both', { expected: '--game NAME or --env ID' });
  }
  const extra = Object.entries({ '--kwargs': kwargs, '--observation': observation, '--frame-skip': frameSkip });
  const [first] = extra.filter(([, value]) => value !== undefined).map(([flag]) => flag);
  if (env !== undefined || first === undefined) return;
  throw new AgentError('usage', `${first} is for an environment without a file`, {
    expected: `--env ID with ${first}`,
    next: 'a game says it in its YAML, under emulator: docs/games.md',
  });
}
