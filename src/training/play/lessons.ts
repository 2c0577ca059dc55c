/** What a scripted teacher says of decisions that were collected: each is looked at once. */
import type { Dataset } from '../../datasets/index.js';
import type { Lesson, Teacher } from '../../expert/teacher/index.js';
import type { Sample } from './draw-sample.js';

export class Lessons {
  readonly #known = new WeakMap<Dataset, Map<number, Lesson>>();

  constructor(private readonly teacher: Pick<Teacher, 'look'>) {}

  /** Throws `dataset` where a frame cannot be read. */
  of({ dataset, index }: Sample<Dataset>): Lesson {
    const known = this.#known.get(dataset) ?? new Map<number, Lesson>();
    this.#known.set(dataset, known);
    const found = known.get(index);
    if (found) return found;
    const lesson = this.teacher.look(dataset.stack(index));
    known.set(index, lesson);
    return lesson;
  }
}
