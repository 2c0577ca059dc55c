/** The files of a checkpoint that have to do with text. */
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { makeFolder } from '../../core/index.js';
import type { TokenizerJson } from './tokenizer-json.js';

/**
 * User, assistant and system turns, each with its mark; pictures where they stand in a message. The first token is the
 * tokenizer's to add, as in the published LLaVA-1.5: whoever tokenises what was rendered would have it twice.
 */
export const CHAT_TEMPLATE = [
  '{% for message in messages %}',
  "{{ '<|' + message['role'] + '|>' }}",
  "{% if message['content'] is string %}{{ message['content'] }}{% else %}",
  "{% for part in message['content'] %}",
  "{% if part['type'] == 'image' %}{{ '<image>' }}{% else %}{{ part['text'] }}{% endif %}",
  '{% endfor %}{% endif %}',
  "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}",
  '{% endfor %}',
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
].join('');

/** Writes tokenizer.json, tokenizer_config.json, generation_config.json and the chat template into `folder`. */
export async function writeVocabulary(folder: string, tokenizer: TokenizerJson, context: number): Promise<void> {
  const id = (token: string): number => tokenizer.model.vocab[token] as number;
  const files = {
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<s>',
      eos_token: '</s>',
      pad_token: '<pad>',
      model_max_length: context,
      // In a batch of prompts an answer follows each one's last token, so they are filled up at their beginning.
      padding_side: 'left',
      // The older default would take the space from before commas.
      clean_up_tokenization_spaces: false,
    },
    'generation_config.json': {
      bos_token_id: id('<s>'),
      eos_token_id: id('</s>'),
      pad_token_id: id('<pad>'),
      do_sample: false,
    },
  };
  await makeFolder(folder);
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(folder, name), `${JSON.stringify(content, null, 1)}\n`);
  }
  await writeFileAtomic(join(folder, 'chat_template.jinja'), CHAT_TEMPLATE);
}
