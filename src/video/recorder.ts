/** The observer that makes an episode's video while it is played (`agent play --record`). */
import type { EpisodeBegin, EpisodeObserver, ResetRecord, StepRecord, View } from '../agent/index.js';
import type { GymStep } from '../env-bridge/index.js';
import { recordedGame, videoLabels, videoSettings } from '../record/game-facts.js';
import { type Caption, type CaptionWriter, captionWriter } from './captions.js';
import { EpisodeVideo, type VideoOptions } from './episode-video.js';

export interface RecorderVideoOptions extends VideoOptions {
  /** What the policy sees, to stand beside the picture. */
  readonly view?: View;
}

/** Its environment must be asked for `frames` with every reset and step. */
export class VideoRecorder implements EpisodeObserver<GymStep> {
  readonly #path: () => string;
  readonly #options: VideoOptions;
  readonly #view: View | undefined;
  #video: EpisodeVideo | undefined;
  #caption: CaptionWriter | undefined;
  #score = 0;
  #hasFailed = false;

  /** `path` is asked when the episode begins, so that it can name a file in the run's folder. */
  constructor(path: () => string, { view, ...options }: RecorderVideoOptions = {}) {
    this.#path = path;
    this.#view = view;
    this.#options = options;
  }

  async onStart({ game, policy, seed, env }: EpisodeBegin): Promise<void> {
    const facts = { game: recordedGame(game), policy: { ...policy, provenance: { ...policy.provenance } }, seed, env };
    this.#caption = captionWriter(facts, this.#view);
    const options = { ...videoSettings(facts), ...this.#options };
    this.#video = await EpisodeVideo.create(this.#path(), env.framesPerSecond, videoLabels(facts), options);
  }

  async onReset(_record: ResetRecord, step: GymStep): Promise<void> {
    await this.#add(step, this.#caption?.(null, 0, step.observation));
  }

  async onStep(record: StepRecord, timeStep: GymStep): Promise<void> {
    this.#score += record.reward;
    await this.#add(timeStep, this.#caption?.(record, this.#score, timeStep.observation));
  }

  /** Ends the file whatever ended the episode: one that failed is worth seeing most. Without a frame there is none. */
  async onEnd(): Promise<void> {
    if (this.#video?.hasFrames && !this.#hasFailed) await this.#video.finish();
  }

  async #add({ frames }: GymStep, caption: Caption | undefined): Promise<void> {
    try {
      if (caption) await this.#video?.add(frames, caption);
    } catch (error) {
      this.#hasFailed = true;
      await this.#video?.abort();
      throw error;
    }
  }
}
