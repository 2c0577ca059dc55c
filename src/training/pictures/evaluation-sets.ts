/**
 * What a model knows of pictures besides their pixels: questions and boxes over scenes it was not trained on. Measured
 * before and after pixel value prediction, for keeping this is what the third stage is for.
 */

import type { Frame } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import type { Split } from './image-source.js';
import { type MadeUpGame, makeUpGame, swapMadeUp } from './made-up-games/made-up-game.js';
import { type Box, type DrawnScene, drawScene } from './scenes/draw-scene.js';
import { makeScene } from './scenes/make-scene.js';
import { askAbout, QUESTION_KINDS, type QuestionKind } from './scenes/questions.js';
import { referencesOf } from './scenes/references.js';
import { sceneSeed } from './scenes/scene-source.js';

export interface QuestionItem {
  readonly image: Frame;
  readonly kind: QuestionKind;
  readonly question: string;
  readonly answer: string;
}

export interface BoxItem {
  readonly image: Frame;
  readonly expression: string;
  readonly box: Box;
}

/** A made-up game for a picture, and the same with the name of the right action and another's exchanged. */
export interface InstructionItem {
  readonly image: Frame;
  readonly plain: MadeUpGame;
  readonly swapped: MadeUpGame;
}

export interface EvaluationOptions {
  readonly side: number;
  readonly count: number;
  /** `validation` while choosing, `test` for results. */
  readonly split?: Exclude<Split, 'train'>;
  readonly difficulty?: number;
}

/** Indices of a split that evaluation starts from; validation losses use the ones before. */
const FIRST = 1e6;

/** As many questions of each kind, each on a scene of its own. */
export function questionSet(options: EvaluationOptions): QuestionItem[] {
  const items: QuestionItem[] = [];
  for (const { drawn, random } of scenes(options)) {
    if (items.length === options.count) break;
    const kind = QUESTION_KINDS[items.length % QUESTION_KINDS.length] as QuestionKind;
    const asked = askAbout(drawn.scene, kind, random);
    if (asked) items.push({ image: drawn.image, ...asked });
  }
  return items;
}

/** One referring expression a scene. */
export function boxSet(options: EvaluationOptions): BoxItem[] {
  const items: BoxItem[] = [];
  for (const { drawn, random } of scenes(options)) {
    if (items.length === options.count) break;
    const references = referencesOf(drawn, random);
    if (references.length === 0) continue;
    const { expression, box } = random.pick(references);
    items.push({ image: drawn.image, expression, box });
  }
  return items;
}

/** One game a scene, with names that training has not seen, or words that mean something else elsewhere. */
export function instructionSet(options: EvaluationOptions): InstructionItem[] {
  const items: InstructionItem[] = [];
  for (const { drawn, random } of scenes(options)) {
    if (items.length === options.count) break;
    const plain = makeUpGame(drawn.scene, options.split ?? 'validation', random);
    if (plain) items.push({ image: drawn.image, plain, swapped: swapMadeUp(plain, random) });
  }
  return items;
}

/** How many questions of a kind were answered rightly. */
export interface KindScore {
  readonly right: number;
  /** Right ones of who always gives the kind's commonest answer without looking: what is to be surpassed. */
  readonly commonest: number;
  readonly asked: number;
}

/** Shares of right answers of all questions, and counts by kind. */
export interface QuestionScore {
  readonly accuracy: number;
  /** Accuracy of who always gives a kind's commonest answer. */
  readonly commonest: number;
  readonly byKind: Readonly<Partial<Record<QuestionKind, KindScore>>>;
}

/** Exact matches, but for case, surrounding space and a final full stop. */
export function scoreAnswers(items: readonly QuestionItem[], answers: readonly string[]): QuestionScore {
  const byKind: Partial<Record<QuestionKind, KindScore>> = {};
  for (const kind of QUESTION_KINDS) {
    const own = [...items.entries()].filter(([, item]) => item.kind === kind);
    if (own.length === 0) continue;
    const right = own.filter(([i, { answer }]) => normalise(answers[i] ?? '') === answer).length;
    byKind[kind] = { right, commonest: countCommonest(own.map(([, { answer }]) => answer)), asked: own.length };
  }
  const share = (of: 'right' | 'commonest'): number =>
    Object.values(byKind).reduce((sum, kind) => sum + kind[of], 0) / items.length;
  return { accuracy: share('right'), commonest: share('commonest'), byKind };
}

function countCommonest(answers: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return Math.max(...counts.values());
}

const normalise = (answer: string): string => answer.trim().toLowerCase().replace(/\.$/, '');

export interface BoxScore {
  /** Share of boxes with an overlap of at least 0.5. */
  readonly accuracy: number;
  readonly meanOverlap: number;
  /** Answers that are no box. */
  readonly unparsed: number;
}

/** Scores `[y0,x0,y1,x1]` answers; one that is no box counts as an overlap of 0. */
export function scoreBoxes(items: readonly BoxItem[], answers: readonly string[]): BoxScore {
  const boxes = items.map((_, i) => parseBox(answers[i] ?? ''));
  const overlaps = items.map(({ box }, i) => (boxes[i] ? overlapOf(box, boxes[i]) : 0));
  return {
    accuracy: overlaps.filter((overlap) => overlap >= 0.5).length / items.length,
    meanOverlap: overlaps.reduce((sum, overlap) => sum + overlap, 0) / items.length,
    unparsed: boxes.filter((box) => box === undefined).length,
  };
}

/** A box as the text that a model answers. */
export function boxText(box: Box): string {
  return `[${box.join(',')}]`;
}

/** The box in an answer; undefined where it is none, or has its corners the wrong way round. */
export function parseBox(answer: string): Box | undefined {
  const match = /^\s*\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]\s*$/.exec(answer);
  if (!match) return undefined;
  const [y0, x0, y1, x1] = match.slice(1).map(Number) as [number, number, number, number];
  return y1 < y0 || x1 < x0 ? undefined : [y0, x0, y1, x1];
}

/** Intersection over union of two boxes of whole pixels. */
export function overlapOf(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1;
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1;
  const shared = Math.max(height, 0) * Math.max(width, 0);
  return shared / (areaOf(a) + areaOf(b) - shared);
}

const areaOf = ([y0, x0, y1, x1]: Box): number => (y1 - y0 + 1) * (x1 - x0 + 1);

/** Scenes of a split without end; those of several difficulties where none is named. */
function* scenes({ side, split = 'validation', difficulty }: EvaluationOptions): Generator<{
  drawn: DrawnScene;
  random: ReturnType<typeof createRandom>;
}> {
  for (let index = FIRST; ; index++) {
    const seed = sceneSeed(split, index);
    const random = createRandom(seed, 'evaluation');
    const own = random.next();
    yield { drawn: drawScene(makeScene(seed, difficulty ?? own), side), random };
  }
}
