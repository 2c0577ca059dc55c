/** What a policy cannot play without; looked at before anything is played or written. */
import { AgentError, type EnvSpec } from '../../core/index.js';
import type { Game } from '../game/game.js';

/** Pictures to see; actions that have names to answer with. */
export type Need = 'pictures' | 'named actions';

/** Throws `unsupported_env` where a game played in this environment has not what `policy` needs. */
export function requireNeeds(policy: string, needs: readonly Need[], game: Game, spec: EnvSpec): void {
  const { observationSpace, actionSpace, id } = spec;
  if (needs.includes('named actions') && game.actions.length === 0) {
    const shape = actionSpace.kind === 'box' ? actionSpace.shape.join(', ') : '';
    throw new AgentError('unsupported_env', `${policy} needs actions with names, and these have none`, {
      expected: 'named actions',
      got: `vectors of shape [${shape}]`,
      where: id,
      next:
        'write a YAML that names some actions and gives the vector of each (docs/games.md); random and script:FILE ' +
        'play as it is',
    });
  }
  if (needs.includes('pictures') && !isPictures(observationSpace)) {
    throw new AgentError('unsupported_env', `${policy} needs pictures, and these observations are none`, {
      expected: 'observations of uint8 [height, width, 1 or 3]',
      got: `${observationSpace.dtype} [${observationSpace.shape.join(', ')}]`,
      where: id,
      next: 'play from the rendered picture: --observation render, or `observation: render` under the emulator of its YAML',
    });
  }
}

function isPictures({ dtype, shape }: EnvSpec['observationSpace']): boolean {
  return dtype === 'uint8' && shape.length === 3 && (shape[2] === 1 || shape[2] === 3);
}
