/** `agent serve-model`: a checkpoint as a service that speaks OpenAI's API. */
import { basename, resolve } from 'node:path';
import type { RuntimeOptions } from '../../model/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { listenForInterrupt } from '../shared/interrupt.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { serviceKey } from '../shared/service-key.js';

interface ServeModelOptions extends RuntimeOptions {
  readonly port: number;
  readonly host: string;
  readonly name?: string;
  readonly keyFile?: string;
  readonly batch: number;
  readonly queue: number;
  readonly bodyMb: number;
  readonly pictures: number;
  readonly megapixels: number;
}

const EXAMPLES = `
Examples:
  $ agent serve-model pae-lamm-spaceinvaders
  $ agent play --game spaceinvaders --policy endpoint:serve-model:pae-lamm-spaceinvaders --seed 3
  $ AGENT_SERVICE_KEY=$(openssl rand -hex 32) agent serve-model ~/llava-1.5-7b-hf --host 0.0.0.0

The key comes from AGENT_SERVICE_KEY or --key-file. The addresses are described in docs/serve-model.md.`;

export const registerServeModel: Register = (program, context) => {
  const command = program
    .command('serve-model')
    .description('serve a checkpoint by an API that OpenAI clients speak')
    .argument('[dir]', 'checkpoint: a folder, or a name in models/', 'pae-lamm-mini')
    .option('--port <n>', 'where to listen; 0 is any that is free', wholeNumber(0, 65535), 8000)
    .option('--host <address>', 'where to listen; other machines reach 0.0.0.0, which needs a key', '127.0.0.1')
    .option('--name <name>', "the model's name for clients (default: the folder's)")
    .option('--key-file <file>', 'the key that clients must send, in a file')
    .option('--batch <n>', 'requests that go through the model together', wholeNumber(1, 256), 16)
    .option('--queue <n>', 'requests that wait; more are refused', wholeNumber(1, 100_000), 64)
    .option('--body-mb <n>', 'largest request', wholeNumber(1, 1024), 32)
    .option('--pictures <n>', 'most pictures of one request', wholeNumber(0, 1000), 16)
    .option('--megapixels <n>', 'largest picture', wholeNumber(1, 100), 16)
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action(async (dir: string, options: ServeModelOptions) => {
    context.setExitCode(await serve(dir, options, context));
  });
};

/** Serves until a signal comes: then what has been asked is answered, and nothing more is taken. */
async function serve(dir: string, options: ServeModelOptions, context: CommandContext): Promise<number> {
  const { findModel, hashModel, NO_CHAT_TEMPLATE, VisionLanguageModel } = await import('../../model/index.js');
  const { serveModel } = await import('../../service/index.js');
  const output = context.output();
  const { inOneLine } = await import('../../evaluation/error-line.js');
  const key = serviceKey(options.keyFile);
  const folder = await findModel(dir);
  const name = options.name ?? basename(resolve(folder));
  output.live(`loading ${dir} …`);
  await loadChosenTensorFlow(options);
  using interrupt = listenForInterrupt((signal) => output.note(`${signal}: answering what was asked, then ending`));
  using model = await VisionLanguageModel.load(folder);
  if (!model.hasChatTemplate) output.note(NO_CHAT_TEMPLATE);
  await using service = await serveModel(model, {
    name,
    fingerprint: await hashModel(folder),
    ...{ host: options.host, port: options.port, maxBatch: options.batch, maxWaiting: options.queue },
    ...(key === undefined ? {} : { key }),
    ...{ bodyBytes: options.bodyMb * 2 ** 20, maxPictures: options.pictures, maxPixels: options.megapixels * 1e6 },
    onFailure: (error) => output.note(`error: ${inOneLine(error)}`),
  });
  output.clearLive();
  output.print(`${name} is served at ${service.url}`);
  output.result({ url: service.url, model: name, folder, needsKey: key !== undefined });
  output.note('Ctrl-C ends it');
  const { signal } = interrupt;
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
  await service.close();
  return interrupt.exitCode ?? 0;
}
