/**
 * Lessons without the instructions: the newest picture alone behind the prompt's first token, then the answer. Four times as
 * many a second as with the whole prompt, and what is learnt of the picture is there when the prompt comes.
 */
import type { Dataset } from '../../datasets/index.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { NamedPictures, TrainingBatch, TrainingRow } from '../../model/training/index.js';
import { fillUp, type TaughtAnswer } from './answers.js';
import type { Sample } from './draw-sample.js';

/** @param decisions what was drawn, each with the answer to give. */
export function bareBatch(
  decisions: readonly { readonly sample: Sample<Dataset>; readonly answer: TaughtAnswer }[],
  { model, processing }: { readonly model: VisionLanguageModel; readonly processing: ImageProcessing },
): TrainingBatch {
  const { imageToken, tokensPerImage } = model.network.image;
  const answers = fillUp(decisions.map(({ answer }) => answer));
  const row: TrainingRow = {
    prompt: model.tokenizer.encode('', true),
    given: decisions.map(() => new Array<number>(tokensPerImage).fill(imageToken)),
    answers: answers.map(({ tokens }) => tokens),
    targets: answers.map(({ targets }) => targets),
  };
  const pixels = newestPictures(
    decisions.map(({ sample }) => sample),
    processing,
  );
  return { rows: [row], pixels };
}

/** The newest picture of each decision, by the name that it has in every batch. */
export function newestPictures(samples: readonly Sample<Dataset>[], processing: ImageProcessing): NamedPictures {
  const pictures = samples.map(({ dataset, index }) => {
    const number = dataset.step(index).stack.at(-1) as number;
    const folders = dataset.sources.map(({ folder }) => folder).join();
    return { name: `${number} of ${folders}`, read: () => dataset.frame(number) };
  });
  return {
    names: pictures.map(({ name }) => name),
    pixelsOf: (index) => preprocess((pictures[index] as (typeof pictures)[number]).read(), processing).data,
  };
}
