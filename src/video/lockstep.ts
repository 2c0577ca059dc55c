/**
 * Episodes of one seed next to each other: played again in lockstep from their records, so that the same decision of
 * each is seen at the same time, verified as they go.
 */
import { AgentError } from '../core/index.js';
import { type EpisodeRecord, readSteps } from '../record/reader.js';
import type { ComparedDecision } from '../replay/divergence.js';
import { isDecision } from '../replay/episode.js';
import type { EnvFactory } from '../replay/recorded-env.js';
import { replaySteps, type VerifiedStep } from '../replay/steps.js';
import type { Canvas } from './canvas.js';
import { type Caption, type CaptionWriter, captionOf, captionWriter, type ViewFactory } from './captions.js';
import { picturesOf } from './panels.js';

/** An episode and the name that it is shown under. */
export interface NamedRecord {
  readonly name: string;
  readonly record: EpisodeRecord;
}

/** One decision of every episode; of an episode that is over, its last one again. */
export interface ComparedStep {
  /** 0 is the reset. */
  readonly step: number;
  readonly episodes: readonly {
    readonly pictures: readonly Canvas[];
    readonly caption: Caption;
    readonly isOver: boolean;
  }[];
}

/** Throws `usage` where the records are not of one game and seed. */
export function requireSameStart(records: readonly EpisodeRecord[]): void {
  const starts = records.map(({ manifest }) => `${manifest.game.name}, seed ${manifest.seed}`);
  if (new Set(starts).size === 1) return;
  throw new AgentError('usage', 'these episodes cannot be compared', {
    expected: 'episodes of one game and one seed',
    got: starts.join('; '),
    next: 'agent compare --game GAME --seed N --policies A,B plays them',
  });
}

/** Actions and scores of a record, without an emulator. */
export async function decisionsOf(record: EpisodeRecord): Promise<ComparedDecision[]> {
  const decisions: ComparedDecision[] = [];
  let score = 0;
  for await (const line of readSteps(record)) {
    if (!isDecision(line)) continue;
    score += line.reward;
    decisions.push({ action: JSON.stringify(line.executed), score });
  }
  return decisions;
}

export interface LockstepOptions {
  readonly signal?: AbortSignal;
  /** Decisions to get pictures of, ascending; all by default. Playing stops after the last. */
  readonly steps?: readonly number[];
  /** Makes what each policy sees; its pictures are then in the captions. */
  readonly view?: ViewFactory;
}

/**
 * Plays all records again, a decision of each at a time. Rejects with `state_mismatch` where one is not what was
 * recorded, with `record`, `cancelled`, and with what the emulator rejects.
 */
export async function* lockstep(
  episodes: readonly NamedRecord[],
  makeEnv: EnvFactory,
  options: LockstepOptions = {},
): AsyncGenerator<ComparedStep> {
  const { steps } = options;
  const players: Player[] = [];
  try {
    for (const episode of episodes) players.push(await Player.open(episode, makeEnv, options));
    const last = steps ? Math.max(...steps) : Number.POSITIVE_INFINITY;
    for (let step = 0; step <= last; step++) {
      const wentOn = await Promise.all(players.map((player) => player.advance()));
      if (!wentOn.some(Boolean)) return;
      if (steps === undefined || steps.includes(step))
        yield { step, episodes: players.map((player) => player.state()) };
    }
  } finally {
    await Promise.all(players.map((player) => player.close()));
  }
}

/** One record being played again; keeps what was last seen. */
class Player {
  #pictures: readonly Canvas[] = [];
  #caption: Caption | undefined;
  #isOver = false;

  private constructor(
    private readonly steps: AsyncGenerator<VerifiedStep>,
    private readonly write: CaptionWriter,
    private readonly release: () => Promise<void>,
  ) {}

  static async open(
    { name, record }: NamedRecord,
    makeEnv: EnvFactory,
    { steps: wanted, signal, view }: LockstepOptions,
  ): Promise<Player> {
    const { manifest } = record;
    const policy = { ...manifest.policy, id: name };
    const write = captionWriter({ ...manifest, policy }, await view?.(manifest));
    const env = await makeEnv(record.manifest, { render: true });
    const end = record.manifest.result?.decisions;
    // The last picture of an episode that ends early stands beside the others' later ones.
    const framesAt = (step: number): boolean => wanted === undefined || wanted.includes(step) || step === end;
    const steps = replaySteps(record, env, { framesAt, ...(signal ? { signal } : {}) });
    return new Player(steps, write, () => env.close());
  }

  /** Plays one decision more; false where there is none. */
  async advance(): Promise<boolean> {
    const next = await this.steps.next();
    if (next.done) {
      this.#isOver = true;
      this.#pictures = this.#pictures.slice(-1);
      return false;
    }
    const { frames } = next.value.played;
    if (frames) this.#pictures = picturesOf(frames);
    this.#caption = captionOf(next.value, this.write);
    return true;
  }

  state(): ComparedStep['episodes'][number] {
    // Every record begins with a reset, which is read before anything is asked.
    return { pictures: this.#pictures, caption: this.#caption as Caption, isOver: this.#isOver };
  }

  async close(): Promise<void> {
    await this.steps.return(undefined);
    await this.release();
  }
}
