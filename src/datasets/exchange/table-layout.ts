/** Which columns of a table hold what: ours by their names, those of others by the names that are usual. */
import { AgentError } from '../../core/index.js';
import type { Companion } from './companion.js';

/** Names of columns; missing where the table has none for it. */
export interface TableColumns {
  readonly episode: string;
  readonly image: string | undefined;
  readonly action: string;
  readonly step?: string | undefined;
  readonly seed?: string | undefined;
  readonly reward?: string | undefined;
  readonly terminated?: string | undefined;
  readonly truncated?: string | undefined;
  readonly done?: string | undefined;
  /** Only of exports of ours. */
  readonly own?: OwnColumns | undefined;
}

interface OwnColumns {
  readonly label: string;
  readonly isNoise: string;
  readonly probabilities: string;
  readonly value: string;
  readonly stack: string;
}

const OWN: OwnColumns = {
  label: 'label',
  isNoise: 'is_noise',
  probabilities: 'probabilities',
  value: 'value',
  stack: 'stack',
};

const USUAL = {
  episode: ['episode_index', 'episode', 'episode_id'],
  step: ['frame_index', 'step', 'step_index', 'timestep'],
  action: ['action', 'actions'],
  seed: ['seed'],
  // `reward` of a LeRobot export of ours is the whole number; `next.reward` is LeRobot's, cut to 32 bits.
  reward: ['reward', 'next.reward', 'rewards'],
  terminated: ['terminated', 'next.terminated', 'termination', 'terminations'],
  truncated: ['truncated', 'next.truncated', 'truncation', 'truncations'],
  done: ['next.done', 'done', 'is_last'],
} as const;

export interface ColumnChoice {
  /** All that the table has. */
  readonly names: readonly string[];
  /** Those that hold pictures. */
  readonly images: readonly string[];
  /** The picture's column where somebody said which; else the only one. */
  readonly image?: string | undefined;
  readonly companion: Companion | undefined;
  readonly where: string;
}

/** Throws `dataset` where a column that cannot be done without is missing, or it is not plain which is meant. */
export function chooseColumns({ names, images, image, companion, where }: ColumnChoice): TableColumns {
  const known = new Set(names);
  const usual = (what: keyof typeof USUAL): string | undefined => USUAL[what].find((name) => known.has(name));
  const need = (what: 'episode' | 'action'): string => {
    const found = usual(what);
    if (found !== undefined) return found;
    throw new AgentError('dataset', `there is no column of the ${what === 'episode' ? "episode's number" : 'action'}`, {
      expected: USUAL[what].join(' or '),
      got: names.slice(0, 30).join(', '),
      where,
      next: 'rename the column that holds it',
    });
  };
  const missing = companion ? Object.values(OWN).filter((name) => !known.has(name)) : [];
  if (missing.length > 0) {
    throw new AgentError('dataset', 'the table lacks columns of an export of this program', {
      expected: Object.values(OWN).join(', '),
      got: `no ${missing.join(', ')}`,
      where,
      next: 'take agent-dataset.json away: then the rest is read as data of others',
    });
  }
  const executed = known.has('executed_action') ? 'executed_action' : undefined;
  // LeRobot numbers episodes by split; this is the number that they had.
  const numbered = companion && known.has('source_episode') ? 'source_episode' : undefined;
  return {
    episode: numbered ?? need('episode'),
    image: chooseImage(images, image, where),
    action: executed ?? need('action'),
    step: usual('step'),
    seed: usual('seed'),
    reward: usual('reward'),
    terminated: usual('terminated'),
    truncated: usual('truncated'),
    done: usual('done'),
    own: companion ? OWN : undefined,
  };
}

function chooseImage(images: readonly string[], image: string | undefined, where: string): string {
  const only = image ?? (images.length === 1 ? images[0] : undefined);
  if (only !== undefined && images.includes(only)) return only;
  throw new AgentError('dataset', 'it is not plain which column holds the picture that is played from', {
    expected: images.length === 0 ? 'a column of pictures' : `one of ${images.join(', ')}`,
    got: image ?? `${images.length} columns of pictures`,
    where,
    next: images.length === 0 ? 'data without pictures cannot be learnt from here' : 'name it with --image',
  });
}
