/** Where a checkpoint keeps its chat template: of several places and several names, the one that transformers takes. */
import { join } from 'node:path';
import { AgentError } from '../../core/errors.js';
import { readCheckpointJson, readCheckpointText } from '../checkpoint-file.js';

/** JSON files with a `chat_template` that a processor, and then a tokenizer, reads. */
const OF_PROCESSORS = ['processor_config.json', 'chat_template.json'];
const OF_TOKENIZERS = ['tokenizer_config.json'];

/** A template's text, and the file that it stands in. */
export interface FoundTemplate {
  readonly text: string;
  readonly where: string;
}

/**
 * Looks in processor_config.json, chat_template.json, chat_template.jinja and tokenizer_config.json, in this order.
 * Of a list of named templates it takes `default`; those for tools and the like are left alone.
 * @returns null where there is none.
 * Rejects with `checkpoint` where a file is not readable, or none of several templates is the default.
 */
export async function findTemplate(folder: string): Promise<FoundTemplate | null> {
  const plain = join(folder, 'chat_template.jinja');
  return (
    (await firstOf(folder, OF_PROCESSORS)) ??
    (await readCheckpointText(plain).then((text) => (text === undefined ? null : { text, where: plain }))) ??
    firstOf(folder, OF_TOKENIZERS)
  );
}

async function firstOf(folder: string, names: readonly string[]): Promise<FoundTemplate | null> {
  for (const name of names) {
    const where = join(folder, name);
    const given = (await readCheckpointJson(where))?.chat_template;
    if (given !== undefined && given !== null) return { text: defaultOf(given, where), where };
  }
  return null;
}

/** One template is a string; named ones are a list of `{name, template}`, or an object by name. */
function defaultOf(given: unknown, where: string): string {
  if (typeof given === 'string') return given;
  const named = Array.isArray(given)
    ? new Map(given.map((entry) => [entry?.name as unknown, entry?.template as unknown]))
    : new Map<unknown, unknown>(Object.entries(given as object));
  const text = named.get('default');
  if (typeof text === 'string') return text;
  throw new AgentError('checkpoint', 'the checkpoint has no default chat template', {
    expected: 'chat_template as one text, or as named templates of which one is called default',
    got: `templates named ${[...named.keys()].join(', ') || '(none)'}`,
    where,
    next: 'write the template that conversations are to take into chat_template.jinja',
  });
}
