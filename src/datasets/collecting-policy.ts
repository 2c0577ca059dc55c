/**
 * Two policies as one player: the driver acts, the labeller says at every step what it would do there. With noise, a
 * random action is now and then executed in the driver's place, so that the labeller is seen recovering. Both see every
 * step, whoever acts.
 */
import type { Answer, EpisodeStart, Policy, Situation } from '../agent/index.js';
import { AgentError, createRandom } from '../core/index.js';

/** What the labeller says about a step, and whether chance acted there. */
export interface Label {
  readonly action: number;
  readonly probabilities: readonly number[] | null;
  readonly value: number | null;
  readonly isNoise: boolean;
}

export interface CollectingPolicyOptions {
  readonly driver: Policy;
  /** May be the driver itself, which is then asked once. */
  readonly labeller: Policy;
  /** Probability of a random action, 0 to 1. */
  readonly noise: number;
}

interface Playing {
  readonly draw: () => number | undefined;
  /** The step that all below is about. */
  step: number;
  /** The random action of this step, if chance acts. */
  action: number | undefined;
  /** Missing until the labeller has answered. */
  label: Label | undefined;
}

export class CollectingPolicy implements Policy {
  readonly id: string;
  readonly #options: CollectingPolicyOptions;
  readonly #playing = new Map<string, Playing>();

  constructor(options: CollectingPolicyOptions) {
    this.#options = options;
    this.id = `${options.driver.id} labelled by ${options.labeller.id}`;
  }

  /** The label of the step that was decided last in an episode. */
  labelOf(episode: string): Label {
    return this.#of(episode).label as Label;
  }

  async begin(start: EpisodeStart): Promise<void> {
    const { actionSpace } = start.env;
    if (actionSpace.kind !== 'discrete') {
      throw new AgentError('unsupported_env', 'demonstrations are of named actions', {
        expected: 'a Discrete action space, or a game that gives its actions vectors',
        got: `a Box of shape [${actionSpace.shape.join(', ')}]`,
        where: start.env.id,
      });
    }
    this.#playing.set(start.episode, {
      draw: noiseOf(start.seed, this.#options.noise, actionSpace.count),
      step: -1,
      action: undefined,
      label: undefined,
    });
    for (const player of this.#players) await player.begin(start);
  }

  async act(situations: readonly Situation[], options?: { readonly signal?: AbortSignal }): Promise<readonly Answer[]> {
    const { driver, labeller } = this.#options;
    for (const situation of situations) this.#enter(situation);
    // A situation that is asked about again has its label already, unless the labeller failed.
    const unlabelled = situations.filter(({ episode }) => this.#of(episode).label === undefined);
    const labels = unlabelled.length === 0 ? [] : await labeller.act(unlabelled, options);
    unlabelled.forEach(({ episode }, i) => {
      const playing = this.#of(episode);
      const label = labels[i] as Answer;
      // Who acts may end the episode: then there is no step to be labelled.
      if (label.kind === 'stop' && driver === labeller) return;
      playing.label = { ...labelFrom(label, labeller), isNoise: playing.action !== undefined };
    });
    const isAnswered = driver === labeller && unlabelled.length === situations.length;
    const answers = isAnswered ? labels : await driver.act(situations, options);
    return answers.map((answer, i) => {
      const { action } = this.#of((situations[i] as Situation).episode);
      return action === undefined || answer.kind === 'stop' ? answer : { kind: 'action', action };
    });
  }

  async end(episode: string): Promise<void> {
    this.#playing.delete(episode);
    for (const player of this.#players) await player.end(episode);
  }

  /** The players stay their maker's. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#playing.clear();
  }

  /** Begins a step: whether chance acts, and how, is drawn once. */
  #enter({ episode, step }: Situation): void {
    const playing = this.#of(episode);
    if (playing.step === step) return;
    playing.step = step;
    playing.action = playing.draw();
    playing.label = undefined;
  }

  get #players(): Set<Policy> {
    return new Set([this.#options.driver, this.#options.labeller]);
  }

  #of(episode: string): Playing {
    const playing = this.#playing.get(episode);
    if (playing) return playing;
    throw new AgentError('policy_failure', 'a policy was asked about an episode that it does not know', {
      expected: 'begin() before act()',
      got: `episode ${episode}`,
    });
  }
}

/** What chance does at each step of an episode, from the first on: an action, or undefined where the driver acts. */
export function noiseOf(seed: number, noise: number, actionCount: number): () => number | undefined {
  const random = createRandom(seed, 'collect:noise');
  return () => {
    // Both are drawn at every step, so that what is drawn later does not depend on what came out.
    const [chance, action] = [random.next(), random.integer(actionCount)];
    return chance < noise ? action : undefined;
  };
}

/** Throws `policy_failure` where an answer is no action. */
export function labelFrom(answer: Answer, { id }: Policy): Omit<Label, 'isNoise'> {
  if (answer.kind === 'action' && typeof answer.action === 'number') {
    return { action: answer.action, probabilities: answer.probabilities ?? null, value: answer.value ?? null };
  }
  throw new AgentError('policy_failure', 'a labeller says what to do at every step, as an action', {
    expected: 'a policy that answers with discrete actions, such as expert',
    got: answer.kind === 'action' ? 'a vector of numbers' : answer.kind === 'text' ? 'text' : 'the end of the episode',
    where: id,
    next: 'name another with --label',
  });
}
