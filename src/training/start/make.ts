/**
 * A network that has not learnt to read pictures yet, as a checkpoint: the encoder of a CLIP, a projector and a decoder
 * of given size, and a vocabulary learnt from the prompts. PAE-LaMM and `frozen` begin with the same one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { makeFolder } from '../../core/index.js';
import type { JsonObject } from '../../core/json.js';
import type { Frame } from '../../core/nd-array.js';
import { parseModelConfig } from '../../model/config/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { findModel } from '../../model/index.js';
import { saveModel } from '../../model/learning/index.js';
import { initialParameters } from '../../model/network/initialise.js';
import { Network } from '../../model/network/network.js';
import { loadTensorFlow } from '../../model/runtime/index.js';
import { Tokenizer } from '../../model/text/index.js';
import { type DrawnScene, openScenes } from '../pictures/index.js';
import { colourText, PIXEL_PROMPT } from '../tasks/pixels.js';
import { RowBuilder } from '../tasks/row-builder.js';
import { vocabularyCorpus } from '../vocabulary/corpus.js';
import { buildTokenizer, type TokenizerJson } from '../vocabulary/tokenizer-json.js';
import { writeVocabulary } from '../vocabulary/write-vocabulary.js';
import { codeDecoder } from './code/decoder.js';
import { codeEncoder } from './code/encoder.js';
import { requireRoom } from './code/layout.js';
import { rotaryTurns } from './code/place.js';
import { codeReader } from './code/reader.js';
import { codeTokens, type PlaceAngles } from './code/tokens.js';
import { type Encoder, openEncoder } from './encoder.js';
import { fitProjector } from './fit-projector.js';
import { instructionsDecoder } from './instructions/decoder.js';
import { requireRoomForInstructions } from './instructions/layout.js';
import { codeInstructions } from './instructions/tokens.js';
import type { StartSettings } from './settings.js';
import { takeEncoder } from './take-encoder.js';
import { thingsDecoder } from './things/decoder.js';
import { requireRoomForThings } from './things/layout.js';
import { codeWords, tellTokensApart } from './things/tokens.js';

/** Pictures on which hidden states are measured. */
const PROBED = 12;

/** What making a start told. */
export interface StartReport {
  /** Part of the content of patches that the encoder's features tell linearly, 0 to 1; null where it was not fitted. */
  readonly explained: number | null;
  /** Mean absolute error of the colours that it reads already, 0 to 255; null likewise. */
  readonly error: number | null;
}

/**
 * Writes the checkpoint into `folder`, weights last; a folder that has its weights is left as it is.
 * @param pictures to fit the projector on, at the size of the encoder; asked for where the position code is wanted.
 */
export async function makeStart(
  settings: StartSettings,
  folder: string,
  pictures: (side: number) => Promise<readonly Frame[]>,
): Promise<StartReport | undefined> {
  if (existsSync(join(folder, 'model.safetensors'))) return;
  await makeFolder(folder);
  const { clip } = settings;
  const encoder = await openEncoder(typeof clip === 'string' ? { folder: await findModel(clip) } : clip);
  try {
    const corpus = vocabularyCorpus({ madeUpGames: settings.things?.instructions ?? false });
    const tokenizer = buildTokenizer(corpus, settings.vocabulary);
    await writeVocabulary(folder, tokenizer, settings.language.context);
    await writeProcessing(folder, encoder);
    const config = parseModelConfig(configJson(settings, encoder, tokenizer), folder);
    await loadTensorFlow();
    using network = new Network(config, await initialParameters(config, settings.seed));
    if (encoder.weights) await takeEncoder(network, encoder.weights);
    else if (settings.position_code) codeEncoder(network.parameters, network.image.vision);
    const report = settings.position_code
      ? await codePositions(network, folder, { tokenizer, pictures, settings })
      : { explained: null, error: null };
    await saveModel(network, folder, { dtype: 'float32', companions: folder });
    return report;
  } finally {
    await encoder.weights?.[Symbol.asyncDispose]();
  }
}

interface CodedWith {
  readonly tokenizer: TokenizerJson;
  readonly pictures: (side: number) => Promise<readonly Frame[]>;
  readonly settings: StartSettings;
}

/** Lets tokens, decoder and projector begin with the common code for places. */
async function codePositions(
  network: Network,
  folder: string,
  { tokenizer, pictures, settings: { things, seed } }: CodedWith,
): Promise<StartReport> {
  const { parameters, config, image } = network;
  const { imageSize: side, patchSize: patch } = image.vision;
  requireRoom(config.text);
  const [processing, reader] = [await readImageProcessing(folder), await Tokenizer.load(folder)];
  const rows = new RowBuilder(reader, image);
  const prompt = rows.prompt(PIXEL_PROMPT);
  const { vocab } = tokenizer.model;
  if (things) requireRoomForThings(config.text);
  if (things?.instructions) requireRoomForInstructions(config.text);
  if (things) tellTokensApart(parameters);
  codeTokens(parameters, vocab, { patch, angles: placeAngles(network, prompt) });
  codeDecoder(parameters, config.text);
  if (things) codeWords(parameters, vocab);
  if (things) thingsDecoder(parameters, config.text);
  if (things?.instructions) {
    codeInstructions(parameters, vocab);
    instructionsDecoder(parameters, config.text);
  }
  const shown = await pictures(side);
  const told = things ? { things: { ...things, seed, scenes: scenesOf(side, things.scenes) } } : {};
  const explained = fitProjector(network, processing, { pictures: shown, ...told });
  const error = codeReader(network, {
    frames: shown.filter((_, i) => i % Math.ceil(shown.length / PROBED) === 0),
    processing,
    prompt,
    query: (place, colour) => [...rows.place(place), ...reader.encode(colourText(colour)).slice(0, 2)],
  });
  return { explained, error };
}

function scenesOf(side: number, count: number): DrawnScene[] {
  const source = openScenes({ side, difficulty: [0, 1] });
  return Array.from({ length: count }, (_, index) => source.sample('train', index).drawn as DrawnScene);
}

/**
 * A patch's key stands at the angle of its position; the query, at its own position, is turned back by as much as lies
 * between them.
 */
function placeAngles({ config, image }: Network, prompt: readonly number[]): PlaceAngles {
  const turns = rotaryTurns(config.text);
  const grid = Math.floor(image.vision.imageSize / image.vision.patchSize);
  // The token of the column, which predicts red, is the second behind the prompt.
  const firstPatch = prompt.indexOf(image.imageToken) - (prompt.length + 1);
  return {
    Row: (index) => turns.map((turn) => turn * (firstPatch + index * grid)),
    Column: (index) => turns.map((turn) => turn * index),
  };
}

function configJson(
  { language, feature_layer, position_code, things }: StartSettings,
  { visionConfig }: Encoder,
  { model }: TokenizerJson,
): JsonObject {
  const id = (token: string): number => model.vocab[token] as number;
  const patches = ((visionConfig.image_size as number) / (visionConfig.patch_size as number)) ** 2;
  return {
    architectures: ['LlavaForConditionalGeneration'],
    model_type: 'llava',
    image_token_index: id('<image>'),
    image_seq_length: patches,
    projector_hidden_act: 'gelu',
    multimodal_projector_bias: true,
    // The code that a token is read by is not the one that it is written by.
    tie_word_embeddings: !position_code,
    vision_feature_layer: feature_layer,
    vision_feature_select_strategy: 'default',
    vision_config: visionConfig,
    text_config: {
      model_type: 'llama',
      hidden_size: language.hidden_size,
      intermediate_size: language.intermediate_size,
      num_hidden_layers: language.layers,
      num_attention_heads: language.heads,
      num_key_value_heads: language.heads,
      head_dim: language.hidden_size / language.heads,
      max_position_embeddings: language.context,
      vocab_size: Object.keys(model.vocab).length,
      hidden_act: 'silu',
      rms_norm_eps: 1e-5,
      // A longer series of wavelengths leaves values of each head that distance hardly turns: the code is compared
      // there.
      rope_theta: things ? 100_000_000 : position_code ? 1_000_000 : 10_000,
      tie_word_embeddings: !position_code,
      bos_token_id: id('<s>'),
      eos_token_id: id('</s>'),
      pad_token_id: id('<pad>'),
    },
  };
}

/** Pictures are brought to the encoder's square as a whole: a game's screen must not lose its edges. */
async function writeProcessing(folder: string, { visionConfig, normalisation }: Encoder): Promise<void> {
  const side = visionConfig.image_size as number;
  const processing = {
    image_processor_type: 'CLIPImageProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: { height: side, width: side },
    resample: 3,
    do_center_crop: false,
    crop_size: { height: side, width: side },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    ...normalisation,
  };
  await writeFileAtomic(join(folder, 'preprocessor_config.json'), `${JSON.stringify(processing, null, 2)}\n`);
}
