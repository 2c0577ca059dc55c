/** `agent ask`: a question about pictures. */
import { InvalidArgumentError } from 'commander';
import type { RuntimeOptions } from '../../model/index.js';
import { seed, several, wholeNumber } from '../shared/arguments.js';
import type { Register } from '../shared/context.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';

interface AskOptions extends RuntimeOptions {
  readonly model: string;
  readonly image?: readonly string[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly raw?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent ask --image road.png "Where does the road turn?"
  $ agent ask --raw --image road.png "<image> [reconstruct] loc: [70,48] rgb: "     pixel at row 70, column 48
  $ agent ask --model ~/llava-1.5-7b-hf --image a.png --image b.png "What has changed?"
  $ agent ask --model pae-lamm-mini --image a.png --temperature 0.7 --seed 3 "Describe the picture."`;

export const registerAsk: Register = (program, context) => {
  const command = program
    .command('ask')
    .description('ask a vision-language model about pictures')
    .argument('<question>', 'what to ask')
    .option('--model <dir>', 'checkpoint: a folder, or a name in models/', 'pae-lamm-objects')
    .option('--image <file>', 'a picture; may be given several times', several)
    .option('--raw', 'the text as it is, with <image> for each picture, without the chat template')
    .option('--max-tokens <n>', 'longest answer', wholeNumber(1, 100_000), 128)
    .option('--temperature <t>', '0 takes the likeliest words, above that they are drawn', temperature, 0)
    .option('--seed <n>', 'seed of the drawing', seed, 0)
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action(async (question: string, options: AskOptions) => {
    const { findModel, NO_CHAT_TEMPLATE, questionPrompt, readPicture, VisionLanguageModel } = await import(
      '../../model/index.js'
    );
    const { createRandom } = await import('../../core/index.js');
    const output = context.output();
    const folder = await findModel(options.model);
    const frames = await Promise.all((options.image ?? []).map(readPicture));
    output.live(`loading ${options.model} …`);
    await loadChosenTensorFlow(options);
    using model = await VisionLanguageModel.load(folder);
    if (options.raw !== true && !model.hasChatTemplate) output.note(NO_CHAT_TEMPLATE);
    const prompt = options.raw === true ? model.prompt(question, frames) : questionPrompt(model, question, frames);
    const { maxTokens, temperature } = options;
    const random = createRandom(options.seed, 'answer');
    const [answer] = await model.generate([prompt], { maxTokens, temperature, random });
    if (!answer) return;
    output.clearLive();
    output.block(answer.text);
    if (answer.reason === 'length') output.note(`(cut off after ${answer.tokens.length} tokens: --max-tokens)`);
    output.result({
      answer: answer.text,
      reason: answer.reason,
      model: folder,
      usage: { promptTokens: prompt.tokens.length, answerTokens: answer.tokens.length },
    });
  });
};

function temperature(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number from 0 on');
}
