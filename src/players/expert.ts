/** The expert as a player: keeps the frames of each episode in its own stack, decides for all episodes in one batch. */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { EpisodeStart, Game, Policy, Situation } from '../agent/index.js';
import { AgentError, type Frame, isFrame, type NdArray } from '../core/index.js';
import { projectPaths, projectRoot } from '../core/project-paths.js';
import type { Picture } from '../expert/area-resize.js';
import { type ExpertConfig, readExpertConfig } from '../expert/config.js';
import type { Expert } from '../expert/expert.js';
import { ObservationHistory, type PictureStack } from '../expert/observation-history.js';
import type { PolicyKind } from './registry.js';

/** What is kept for one episode: a situation may be asked about again, so its step is remembered. */
interface Playing {
  readonly history: ObservationHistory;
  step: number;
}

/** A player that owns `expert` and disposes of it. */
export function createExpertPolicy(expert: Expert): Policy {
  const playing = new Map<string, Playing>();
  return {
    id: `expert:${relative(projectRoot, expert.directory) || '.'}`,
    provenance: {
      checkpoint_sha256: expert.weightsHash,
      algorithm: expert.config.algorithm,
      trained_decisions: asNumber(expert.config.provenance.decisions),
    },
    computesHere: true,
    begin: async (start) => {
      requireSameGame(expert, start);
      playing.set(start.episode, { history: expert.createHistory(), step: -1 });
    },
    act: async (situations) => {
      const decisions = expert.decide(situations.map((situation) => see(situation, playing)));
      return decisions.map(({ action, scores, probabilities, value }) => ({
        kind: 'action',
        action,
        scores,
        ...(probabilities === null ? {} : { probabilities }),
        ...(value === null ? {} : { value }),
      }));
    },
    end: async (episode) => {
      playing.delete(episode);
    },
    [Symbol.asyncDispose]: async () => {
      playing.clear();
      expert[Symbol.dispose]();
    },
  };
}

/** `--policy expert[:DIR]`; without a folder the one shipped for the game. */
export const expertKind: PolicyKind = {
  name: 'expert',
  argument: { name: 'DIR', isRequired: false },
  needs: ['pictures'],
  description: 'the reinforcement-learning expert shipped for the game, or the one in a folder',
  check: async (directory, { game }) => {
    const folder = directory ?? shippedExpert(game);
    requireSameActions(await readExpertConfig(join(folder, 'config.json')), folder, game);
  },
  create: async (directory, { game }) => {
    await expertKind.check?.(directory, { game });
    // TensorFlow is loaded only where an expert plays.
    const { Expert } = await import('../expert/expert.js');
    return createExpertPolicy(await Expert.load(directory ?? shippedExpert(game)));
  },
  view: async (directory, { game }) => {
    const config = await readExpertConfig(join(resolve(projectRoot, directory ?? shippedExpert(game)), 'config.json'));
    const history = new ObservationHistory(config.preprocessing);
    return (observation) => (isFrame(observation) ? history.push(observation).map(frameOf) : []);
  },
};

/** Throws `usage` where none is shipped for the game. */
function shippedExpert({ name }: { readonly name: string }): string {
  const folder = join(projectPaths.models, `expert-${name}`);
  if (existsSync(join(folder, 'config.json'))) return folder;
  throw new AgentError('usage', `no expert is shipped for ${name}`, {
    expected: 'the folder of an expert, as expert:DIR',
    got: 'expert alone',
    next: 'train or import one (docs/experts.md), or name another policy',
  });
}

function frameOf({ data, height, width, channels }: Picture): Frame {
  return { dtype: 'uint8', shape: [height, width, channels], data: data.slice() };
}

/** The stack of pictures of a situation; the frames that came since the last one are added once. */
function see(
  { episode, step, observation, unasked = [] }: Situation,
  playing: ReadonlyMap<string, Playing>,
): PictureStack {
  const own = playing.get(episode);
  if (!own || (step !== own.step && step !== own.step + 1 + unasked.length)) {
    throw new AgentError('policy_failure', 'the expert must be shown every step of an episode, from the first on', {
      expected: own ? `step ${own.step} or ${own.step + 1 + unasked.length}` : 'begin() before act()',
      got: `step ${step} of episode ${episode}`,
    });
  }
  if (step !== own.step) for (const one of [...unasked, observation]) own.history.push(asFrame(one));
  own.step = step;
  return own.history.pictures;
}

function asFrame(observation: NdArray): Frame {
  if (isFrame(observation)) return observation;
  throw new AgentError('unsupported_env', 'the expert sees pictures', {
    expected: 'a frame of uint8 [height, width, 3]',
    got: `${observation.dtype} [${observation.shape.join(', ')}]`,
  });
}

/** Throws `unsupported_env` where an expert answers with other actions than the game has. */
function requireSameActions({ actions }: ExpertConfig, directory: string, game: Game): void {
  const own = game.actions.map(({ name }) => name);
  if (actions.kind === 'continuous' ? own.length === 0 : own.join('|') === actions.names.join('|')) return;
  const expected = actions.kind === 'continuous' ? `vectors of ${actions.names.join(', ')}` : actions.names.join(', ');
  const next =
    actions.kind === 'continuous'
      ? 'play the environment itself with --env ID; docs/experts.md tells how'
      : `name an expert of ${game.name}: --policy expert:DIR`;
  throw new AgentError('unsupported_env', 'this expert was trained for another game', {
    expected: `the actions ${expected}`,
    got: own.join(', ') || 'vectors',
    where: directory,
    next,
  });
}

function requireSameGame({ config, directory }: Expert, { game, env }: EpisodeStart): void {
  requireSameActions(config, directory, game);
  const { kind, names } = config.actions;
  const { actionSpace, id } = env;
  if (kind !== 'continuous' || (actionSpace.kind === 'box' && `${actionSpace.shape}` === `${[names.length]}`)) return;
  throw new AgentError('unsupported_env', 'this expert was trained for another environment', {
    expected: `vectors of ${names.length} numbers`,
    got: actionSpace.kind === 'box' ? `vectors of shape [${actionSpace.shape.join(', ')}]` : 'discrete actions',
    where: id,
    next: 'name the environment that it was trained in: --env ID',
  });
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
