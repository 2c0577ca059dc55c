/** A model that is asked about pictures: in words, for the colour of a pixel, for the mask of what words refer to. */
import { basename } from 'node:path';
import { AgentError, type Frame } from '../core/index.js';
import { decodePicture, questionPrompt, readImageProcessing, VisionLanguageModel } from '../model/index.js';
import { framePng, overlay } from '../segmentation/index.js';
import { answerPixels } from '../training/pvp/index.js';
import { requireMaskTokens, segment } from '../training/segmentation/index.js';
import { colourAt, parseColour } from '../training/tasks/pixels.js';
import type { Answered, AskingFacts, Question } from './protocol.js';

/** Of a picture that is asked about; the emulators' are far smaller. */
const MOST_PIXELS = 16e6;
/** Tokens of an answer in words. */
const MOST_TOKENS = 128;

export class Asker implements AsyncDisposable {
  #loading: Promise<VisionLanguageModel> | undefined;
  /** The last question: one at a time, because each takes all cores. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param folder of the checkpoint
   * @param prepare loads TensorFlow as the user chose; called with the first question
   */
  constructor(
    private readonly folder: string,
    private readonly prepare: () => Promise<void>,
  ) {}

  get facts(): AskingFacts {
    return { model: basename(this.folder) };
  }

  /**
   * Answers a question about the pictures of a decision, PNGs, oldest first. Rejects with `usage` for a pixel that is
   * not in the picture, `checkpoint` for a model that cannot answer, and with what loading it meets.
   */
  ask(given: readonly Buffer[], question: Question): Promise<Answered> {
    const answer = this.#last.then(() => this.#answer(given, question));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    const model = await this.#loading?.catch(() => undefined);
    model?.[Symbol.dispose]();
  }

  async #answer(given: readonly Buffer[], question: Question): Promise<Answered> {
    const frames = await Promise.all(given.map((png) => decodePicture(png, MOST_PIXELS)));
    const newest = frames.at(-1) as Frame;
    const model = await this.#model();
    const began = performance.now();
    const milliseconds = (): number => Math.round(performance.now() - began);
    if (question.kind === 'words') {
      const [answer] = await model.generate([questionPrompt(model, question.text, [newest])], {
        maxTokens: MOST_TOKENS,
      });
      return { kind: 'words', text: answer?.text ?? '', milliseconds: milliseconds() };
    }
    const { network, tokenizer } = model;
    const answerer = { network, tokenizer, processing: await readImageProcessing(this.folder) };
    if (question.kind === 'pixel') {
      const place = { y: question.row, x: question.column };
      requireInside(newest, place);
      const [text = ''] = await answerPixels(answerer, newest, [place]);
      const read = parseColour(text);
      const said = read.ok ? read.colour : null;
      return { kind: 'pixel', text, said, is: colourAt(newest, place), milliseconds: milliseconds() };
    }
    requireMaskTokens(tokenizer, this.folder);
    const { box, boxAnswer, mask } = await segment(answerer, newest, question.text);
    const picture = (await framePng(overlay(newest, mask, box))).toString('base64');
    return { kind: 'mask', text: boxAnswer, box, picture, milliseconds: milliseconds() };
  }

  #model(): Promise<VisionLanguageModel> {
    this.#loading ??= this.prepare().then(() => VisionLanguageModel.load(this.folder));
    this.#loading.catch(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }
}

function requireInside({ shape }: Frame, { y, x }: { readonly y: number; readonly x: number }): void {
  const [height = 0, width = 0] = shape;
  if (y < height && x < width) return;
  throw new AgentError('usage', 'there is no such pixel', {
    expected: `a row below ${height} and a column below ${width}`,
    got: `row ${y}, column ${x}`,
  });
}
