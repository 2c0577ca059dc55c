/** What a scripted teacher says of decisions that were collected: each is looked at once. */
import type { Dataset } from '../../datasets/index.js';
import type { Lesson, Teacher, Things } from '../../expert/teacher/index.js';
import type { Sample } from './draw-sample.js';

export interface TaughtDecision extends Lesson {
  /** Everything that stands in the newest picture. */
  readonly things: Things;
}

export class Lessons {
  readonly #known = new WeakMap<Dataset, Map<number, TaughtDecision>>();

  constructor(private readonly teacher: Teacher) {}

  /** @throws AgentError `dataset` where a frame cannot be read. */
  of({ dataset, index }: Sample<Dataset>): TaughtDecision {
    const known = this.#known.get(dataset) ?? new Map<number, TaughtDecision>();
    this.#known.set(dataset, known);
    const found = known.get(index);
    if (found) return found;
    const frames = dataset.stack(index);
    const decision = { ...this.teacher.look(frames), things: this.teacher.things(frames) };
    known.set(index, decision);
    return decision;
  }
}
