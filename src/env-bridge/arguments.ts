/** Checks of what a caller hands in, before it costs a round trip; errors name what would have been right. */
import { AgentError, type EnvSpec } from '../core/index.js';
import type { MakeFields } from './protocol.js';
import type { Action, EnvOptions } from './types.js';

/** Options as the fields of `make`; the server checks their values. */
export function makeFields(id: string, options: EnvOptions): MakeFields {
  return {
    env: id,
    kwargs: options.kwargs ?? {},
    frame_skip: options.frameSkip ?? 1,
    max_pool: options.maxPool ?? false,
    observation: options.observation ?? 'native',
    color: options.color ?? 'rgb',
    actions: options.actions ?? null,
    render: options.render ?? false,
    plain: options.plain ?? false,
  };
}

/** Throws `usage` unless the seed is one that every emulator takes. */
export function checkSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return;
  throw new AgentError('usage', 'the seed is not valid', {
    expected: 'a whole number from 0 to 2^32 - 1',
    got: String(seed),
  });
}

/** Why the environment cannot take this action; undefined if it can. */
export function actionProblem(action: Action, { id, actionSpace, actionNames }: EnvSpec): AgentError | undefined {
  if (actionSpace.kind === 'discrete') {
    if (typeof action === 'number' && Number.isInteger(action) && action >= 0 && action < actionSpace.count) return;
    const names = actionNames === null ? '' : ` (${actionNames.join(', ')})`;
    return illegalAction(id, `an index from 0 to ${actionSpace.count - 1}${names}`, action);
  }
  const length = actionSpace.shape.reduce((product, side) => product * side, 1);
  if (Array.isArray(action) && action.length === length && action.every(Number.isFinite)) return;
  return illegalAction(id, `${length} finite numbers`, action);
}

function illegalAction(id: string, expected: string, action: Action): AgentError {
  const got = typeof action === 'number' ? String(action) : JSON.stringify(action).slice(0, 200);
  return new AgentError('illegal_action', 'the environment has no such action', { expected, got, where: id });
}
