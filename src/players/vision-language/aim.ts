/**
 * How a model that was taught so answers: first its aim, then what the list of actions calls that. An aim is the last
 * word of an action's description (`- links: steer to the left`), which stays when names change. So the model knows by
 * heart how to drive, and reads what that is called here.
 */
import type { Game } from '../../agent/game/game.js';
import type { Prompt, Template, VisionLanguageModel } from '../../model/index.js';
import { likeliestName, type ScoredAnswer } from './sighted-writer.js';

/** A game's actions as such an answer says them, in the order of the list. */
export interface AimedActions {
  /** The token of each aim. */
  readonly aims: readonly number[];
  /** Tokens of each name, as they stand behind the dash of its line. */
  readonly names: readonly (readonly number[])[];
}

/** Undefined where descriptions do not end with words of one token each that tell the actions apart. */
export function aimedActions(
  { tokenizer }: Pick<VisionLanguageModel, 'tokenizer'>,
  { actions }: Pick<Game, 'actions'>,
): AimedActions | undefined {
  const words = actions.map(({ description }) => lastWord(description));
  if (words.includes('')) return undefined;
  const written = words.map((word) => tokenizer.encode(` ${word}`));
  const aims = written.flat();
  if (written.some(({ length }) => length !== 1) || new Set(aims).size !== actions.length) return undefined;
  return { aims, names: actions.map(({ name }) => tokenizer.encode(` ${name}`)) };
}

/** The aim of an action, as text. */
export function lastWord(description: string | undefined): string {
  return description?.trim().split(/\s+/).at(-1) ?? '';
}

/** The template of an aimed answer: the aim is chosen, and behind it every name is scored by what tells it apart. */
export function aimedTemplate(model: VisionLanguageModel, game: Pick<Game, 'actions'>): Template | undefined {
  const actions = aimedActions(model, game);
  if (!actions) return undefined;
  const [end] = model.tokenizer.endTokens;
  const names = actions.names.map((tokens) => (end === undefined ? tokens : [...tokens, end]));
  return { parts: [{ kind: 'choice', among: actions.aims }], endings: names.map((_, i) => toldApart(names, i)) };
}

/** A line of a list of actions, as the games' prompts have it by default. */
const LINE = /^- (.+?): (.+)$/gm;

/** Whether a prompt that is only text lists actions. */
export function hasActions(prompt: string): boolean {
  return [...prompt.matchAll(LINE)].length > 1;
}

/**
 * The template of an aimed answer behind a prompt that is only text: the actions are read out of its list, whose lines
 * are as the games' prompts have them. Undefined where one of the names has no line.
 */
export function aimedTemplateIn(
  model: VisionLanguageModel,
  prompt: string,
  names: readonly string[],
): Template | undefined {
  const lines = new Map(
    [...prompt.matchAll(LINE)].map(([, name, description]) => [name as string, description as string]),
  );
  const actions = names.map((name) => ({ name, aliases: [], description: lines.get(name) ?? '' }));
  return aimedTemplate(model, { actions });
}

/** As much of a list of tokens as tells it from all others. A long foreign name is not judged by its last letters. */
function toldApart(all: readonly (readonly number[])[], index: number): readonly number[] {
  const tokens = all[index] as readonly number[];
  const others = all.filter((_, i) => i !== index);
  const length = tokens.findIndex((_, i) => {
    return !others.some((other) => tokens.slice(0, i + 1).every((token, place) => other[place] === token));
  });
  return length < 0 ? tokens : tokens.slice(0, length + 1);
}

/**
 * Writes aimed answers by a model; `scores` are those of the names behind the aim that was chosen. Undefined for a game
 * without aims. What the tokenizer makes of a game is worked out once.
 */
export function aimedWriter(
  model: VisionLanguageModel,
): (game: Game, prompts: readonly Prompt[]) => Promise<ScoredAnswer[]> | undefined {
  const templates = new WeakMap<Game, Template | undefined>();
  return (game, prompts) => {
    if (!templates.has(game)) templates.set(game, aimedTemplate(model, game));
    const template = templates.get(game);
    return template && writeAimed(model, game, template, prompts);
  };
}

async function writeAimed(
  model: VisionLanguageModel,
  { actions }: Game,
  template: Template,
  prompts: readonly Prompt[],
): Promise<ScoredAnswer[]> {
  const [choice] = template.parts;
  const aims = choice?.kind === 'choice' ? choice.among : [];
  const filled = await model.fill(prompts, template);
  return filled.map(({ chosen, scores }) => {
    const aim = actions[aims.indexOf(chosen[0] as number)];
    return { raw: likeliestName({ actions }, scores), scores, reasoning: lastWord(aim?.description) };
  });
}
