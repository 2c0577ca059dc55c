/** The words that ways of playing add to a game's prompt. */
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import type { RefusedAnswer } from '../policy.js';

/** Said between the decisions of demonstrations and those of the episode. */
export const ANOTHER_PLAYER = 'Those were decisions of a player who plays well. Now you play, in another episode.';

/** Stands for an answer of the model that nobody could read. */
export const NO_ANSWER = '(no answer that could be used)';

/** More of a refused answer is not repeated to the model. */
const MOST_QUOTED = 300;

export function executedInstead(action: string): string {
  return `That was no answer; ${JSON.stringify(action)} was executed instead.`;
}

/** How to answer, where it is not at once and with one action for one decision; undefined otherwise. */
export function waysInWords(game: Game): string | undefined {
  const { think, hold, plan, names } = playOf(game);
  const [first = '', second = first] = names === 'hidden' ? ['action', 'action'] : game.actions.map(({ name }) => name);
  const list = JSON.stringify([first, second]);
  const said = [
    ...(hold > 1 ? [`The action that you name is executed ${hold} times in a row.`] : []),
    ...(plan > 1
      ? [`Answer with a list of up to ${plan} actions, which are executed one after another, as in\n${list}`]
      : []),
    ...(think
      ? [
          `Think first, in at most ${think.tokens} tokens. ` +
            `Then write ${plan > 1 ? 'the list' : 'the answer'} on a last line that begins with Action:`,
        ]
      : []),
  ];
  if (said.length === 0) return undefined;
  return think ? said.join('\n') : `${said.join('\n')}\nAction:`;
}

/** What was wrong with an answer, for the model that gave it. */
export function reasonOf({ raw, reason, found }: RefusedAnswer): string {
  const quoted = raw.length > MOST_QUOTED ? `${raw.slice(0, MOST_QUOTED)} …` : raw;
  const why = `It could not be used: ${whyOf(reason, found)}.`;
  return quoted.trim() === '' ? `Your answer before this one was empty. ${why}` : `You answered:\n${quoted}\n${why}`;
}

function whyOf(reason: RefusedAnswer['reason'], found: readonly string[]): string {
  const words = found.map((one) => JSON.stringify(one)).join(', ');
  switch (reason) {
    case 'empty':
    case 'no-content':
      return 'it says nothing';
    case 'no-match':
      return 'it names no action';
    case 'illegal':
      return `the game has no action ${words}`;
    case 'ambiguous':
      return `it speaks of ${words} without choosing one action`;
    case 'refusal':
      return 'it declines to answer';
    case 'content-filter':
      return 'a filter withheld it';
    case 'cut-off':
      return 'it was cut off before its end; write less';
  }
}
