/** Rows of a training batch: prompts, what is given and what is to be answered, as token ids. */
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import type { ModelConfig } from '../../model/index.js';
import type { TrainingRow, WeightedToken } from '../../model/learning/index.js';
import type { Tokenizer } from '../../model/text/index.js';
import { BlurredTargets } from '../pvp/blurred-targets.js';
import { BOX_PROMPT, CHAT_PROMPT, type Exchange, JUDGEMENTS } from './language.js';
import { colourAt, colourText, PIXEL_PROMPT, type Place, placeText } from './pixels.js';
import { MASK_ANSWERS, maskQuery, segmentationPrompt } from './segmentation.js';

export interface PixelRowOptions {
  /** Whether the token that ends each answer is predicted too: it is learnt soon, and costs a fifth of the work. */
  readonly withEnd: boolean;
  /** Deviation of the colours that share an answer's probability, in steps of 255; 0 for the right one alone. */
  readonly blur: number;
}

export class RowBuilder {
  readonly #queries = new Map<string, readonly number[]>();
  readonly #blurred: BlurredTargets;
  readonly #end: number;
  /**
   * Position of the first token of every query about a pixel, whatever was asked about the picture before it: how far
   * it stands behind a patch is what finds the patch (docs/decisions/0016).
   */
  readonly queryPosition: number;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly image: NonNullable<ModelConfig['image']>,
  ) {
    const [end] = tokenizer.endTokens;
    if (end === undefined) {
      throw new AgentError('checkpoint', 'the tokenizer has no token that ends an answer', {
        expected: 'eos_token_id in generation_config.json',
      });
    }
    this.#end = end;
    this.#blurred = new BlurredTargets(tokenizer);
    this.queryPosition = this.prompt(PIXEL_PROMPT).length;
  }

  /** Token ids of a prompt, with the image token once for each feature of the picture. */
  prompt(text: string): number[] {
    const { imageToken, tokensPerImage } = this.image;
    const repeated = new Array<number>(tokensPerImage).fill(imageToken);
    return this.tokenizer.encode(text, true).flatMap((id) => (id === imageToken ? repeated : [id]));
  }

  /** Token ids that name a pixel, to ask for its colour. */
  place(place: Place): readonly number[] {
    return this.#query(placeText(place));
  }

  /** Token ids that name a pixel, to ask whether it belongs to a mask. */
  maskPlace(place: Place): readonly number[] {
    return this.#query(maskQuery(place));
  }

  /** There are as many as a picture has pixels, and each is asked for again and again. */
  #query(text: string): readonly number[] {
    const known = this.#queries.get(text);
    if (known) return known;
    const ids = this.tokenizer.encode(text);
    this.#queries.set(text, ids);
    return ids;
  }

  /** Many pixel queries behind one picture. */
  pixels(frame: Frame, places: readonly Place[], { withEnd, blur }: PixelRowOptions): TrainingRow {
    const colours = places.map((place) => colourAt(frame, place));
    return {
      prompt: this.prompt(PIXEL_PROMPT),
      given: places.map((place) => this.place(place)),
      answers: colours.map((colour) => {
        const tokens = this.tokenizer.encode(colourText(colour));
        return withEnd ? [...tokens, this.#end] : tokens;
      }),
      targets: colours.map((colour) => this.#blurred.targets(colour, blur)),
    };
  }

  /**
   * Many questions whether a pixel belongs to what an expression refers to, behind one picture.
   * @param inside the answers, by place.
   */
  masks(expression: string, places: readonly Place[], inside: readonly (0 | 1)[]): TrainingRow {
    return {
      prompt: this.prompt(segmentationPrompt(expression)),
      branchPosition: this.queryPosition,
      given: places.map((place) => this.maskPlace(place)),
      answers: inside.map((value) => this.tokenizer.encode(MASK_ANSWERS[value])),
    };
  }

  /**
   * Several exchanges of one task behind one picture.
   * @param weight of each answer token; a colour's has 1.
   * @param judging weight with which the end of each line of a made-up game says whether the line is true; 0 for not.
   */
  exchanges(exchanges: readonly Exchange[], weight = 1, judging = 0): TrainingRow {
    const isBoxes = exchanges[0]?.task === 'boxes';
    const parts = exchanges.map((exchange) => {
      const answer = [...this.tokenizer.encode(exchange.answer), this.#end];
      const asked = this.tokenizer.encode(exchange.asked);
      const ofAnswer = answer.map((token) => [{ token, weight }]);
      if (judging === 0 || !exchange.judged) return { given: asked, answer, targets: ofAnswer };
      // As if all but the first token were answered, most of it without counting.
      const judgements = this.#judgements(asked, exchange.judged, judging);
      return {
        given: asked.slice(0, 1),
        answer: [...asked.slice(1), ...answer],
        targets: [...judgements, ...ofAnswer],
      };
    });
    return {
      prompt: this.prompt(isBoxes ? BOX_PROMPT : CHAT_PROMPT),
      given: parts.map(({ given }) => given),
      answers: parts.map(({ answer }) => answer),
      targets: parts.map(({ targets }) => targets),
    };
  }

  /** What counts behind each token of `asked` but the last: a judgement where a judged line ends, elsewhere nothing. */
  #judgements(asked: readonly number[], judged: readonly boolean[], weight: number): WeightedToken[][] {
    const [[dash], [lineEnd]] = [this.tokenizer.encode('-'), this.tokenizer.encode('\n')];
    let line = 0;
    let isJudged = false;
    return asked.slice(0, -1).map((token, i) => {
      if (token === dash && asked[i - 1] === lineEnd) isJudged = true;
      if (token !== lineEnd || !isJudged) return [];
      isJudged = false;
      const [said] = this.tokenizer.encode(JUDGEMENTS[judged[line++] ? 'true' : 'false']);
      return [{ token: said as number, weight }];
    });
  }
}
