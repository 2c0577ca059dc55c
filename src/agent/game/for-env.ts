/**
 * A game out of nothing but a Gymnasium id: what is needed to try an environment before anyone has written a YAML for
 * it. Names come from the emulator, instructions are general ones.
 */
import { AgentError, type EnvSpec } from '../../core/index.js';
import { FIRST_EVALUATION_SEED, SEEDS } from '../../core/seeds.js';
import { nameKey } from '../parser/words.js';
import { DEFAULT_PIECES } from '../prompt/pieces.js';
import type { EmulatorSettings, Game, GameAction } from './game.js';

const PLAIN: Omit<EmulatorSettings, 'env'> = {
  kwargs: {},
  frameSkip: 1,
  maxPool: false,
  observation: 'native',
  color: 'rgb',
  actions: null,
};

/** Four frames a decision, the last two of them together: the usual way to play any Atari game. */
const ATARI = { kwargs: { frameskip: 1 }, frameSkip: 4, maxPool: true } as const;

/** How to make an environment that no YAML describes. */
export function defaultEmulator(env: string): EmulatorSettings {
  return { ...PLAIN, ...(/^(?:.*:)?ALE\/.*-v5$/.test(env) ? ATARI : {}), env };
}

/** What the emulators call the action that does nothing. */
const NOOP_NAMES = new Set(['noop', 'nothing', 'donothing', 'noaction']);

/** Each is named in the manifest of every record, which is read up to 16 MiB: about 140 bytes an action. */
const MAX_ACTIONS = 50_000;

/**
 * A game for an environment that was made with `emulator`. One that takes vectors has no named actions. Throws
 * `unsupported_env` where there are more actions than a record can name.
 */
export function gameForEnv(spec: EnvSpec, emulator: EmulatorSettings = defaultEmulator(spec.id)): Game {
  const actions = namedActions(spec);
  const noop = actions.findIndex(({ name }) => NOOP_NAMES.has(nameKey(name)));
  return {
    name: gameName(spec.id),
    title: spec.id,
    emulator,
    frames: 1,
    actions,
    noop: noop === -1 ? null : noop,
    sights: [],
    answers: { retries: 1, fallback: Math.max(noop, 0), onError: 'fail' },
    prompt: {
      ...DEFAULT_PIECES,
      instructions: `You play ${spec.id}. The picture shows the game now. Score as many points as you can.`,
    },
    seeds: {
      default: 7,
      training: { from: 0, to: FIRST_EVALUATION_SEED - 1 },
      evaluation: SEEDS.evaluation,
    },
    video: { fps: spec.framesPerSecond ?? 30, scale: videoScale(spec), overlay: 'below' },
    reference: [],
  };
}

function namedActions({ actionSpace, actionNames, id }: EnvSpec): GameAction[] {
  if (actionSpace.kind !== 'discrete') return [];
  if (actionSpace.count > MAX_ACTIONS) throw tooManyActions(id, actionSpace.count);
  const names = Array.from({ length: actionSpace.count }, (_, index) => actionNames?.[index] ?? '');
  const keys = names.map(nameKey);
  // Names that cannot be told apart in an answer, or that are numbers, would be worse than none.
  const areUsable = keys.every((key, index) => /\p{L}/u.test(key) && keys.indexOf(key) === index);
  return names.map((name, index) => {
    const number = `action-${index}`;
    if (!areUsable) return { name: number, aliases: [], description: `the action with number ${index}` };
    const isTaken = keys.includes(nameKey(number));
    return { name: name.toLowerCase(), aliases: isTaken ? [] : [number], description: `the emulator's ${name}` };
  });
}

function tooManyActions(id: string, count: number): AgentError {
  return new AgentError('unsupported_env', 'the environment has more actions than a record can name', {
    expected: `at most ${MAX_ACTIONS.toLocaleString('en-US')} actions`,
    got: count.toLocaleString('en-US'),
    where: id,
    next: 'wrap it in Python so that its actions are fewer, or vectors of numbers; register that, and play MODULE:ID',
  });
}

/** `ALE/Breakout-v5` → `ale-breakout-v5`. */
function gameName(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}

/** A picture that is at least 400 pixels high. */
function videoScale({ renderSize }: EnvSpec): number {
  return renderSize === null ? 1 : Math.max(1, Math.min(16, Math.ceil(400 / renderSize.height)));
}
