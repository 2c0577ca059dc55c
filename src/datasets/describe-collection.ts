/** What a dataset says of itself, from what was asked for. */
import type { Policy } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import type { CollectOptions } from './collection.js';
import { type DatasetDescription, SPLIT_RULE } from './schema.js';

/** Throws `usage` where no environment is named, `unsupported_env` where it shows no pictures. */
export function describeCollection(options: CollectOptions): DatasetDescription {
  const { game, driver, labeller, noise = 0, seeds, groups, maxDecisions, versions = {} } = options;
  const spec = groups[0]?.spec ?? options.spec;
  if (!spec) throw new AgentError('usage', 'there is no environment to play on', { expected: 'one or more groups' });
  const { observationSpace, framesPerSecond, frameSkip } = spec;
  const [height = 0, width = 0, channels] = observationSpace.shape;
  if (channels !== 1 && channels !== 3) {
    throw new AgentError('unsupported_env', 'demonstrations are of pictures', {
      expected: 'observations of uint8 [height, width, 1 or 3]',
      got: `[${observationSpace.shape.join(', ')}]`,
      where: spec.id,
    });
  }
  const { env, ...emulator } = game.emulator;
  const player = ({ id, provenance = {} }: Policy) => ({ id, provenance: { ...provenance } });
  return {
    format: 'agent-demonstrations',
    format_version: 1,
    game: game.name,
    env,
    emulator: JSON.parse(JSON.stringify(emulator)),
    decisions_per_second: framesPerSecond === null ? null : framesPerSecond / frameSkip,
    actions: game.actions.map(({ name }) => name),
    frame: { height, width, channels },
    stack: game.frames,
    driver: player(driver),
    labeller: player(labeller),
    noise,
    max_steps: maxDecisions ?? null,
    split: SPLIT_RULE,
    seeds: [...seeds],
    versions: { ...versions },
  };
}
