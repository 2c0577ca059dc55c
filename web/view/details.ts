/** One decision in words: what the policy was given, what it answered, what came of it. */
import type { DecisionDetail, EpisodeFacts, PromptMessage } from '../../src/view/protocol.js';
import { type Child, el, fill } from './dom.js';
import type { Episode } from './episode.js';
import * as format from './format.js';

/** Writes a decision into `element`; what is not there yet comes with the next call. */
export function showDetail(element: HTMLElement, episode: Episode, step: number): void {
  const detail = episode.detail(step);
  if (detail === undefined) return;
  const { facts } = episode;
  const open = new Set([...element.querySelectorAll('details[open]')].map((one) => one.getAttribute('data-name')));
  fill(
    element,
    el('h3', {}, detail.line === null ? 'Before the first decision' : `Decision ${step}`),
    detail.line && answer(detail, facts),
    detail.scores && bars(detail, facts),
    facts.sights.length > 0 && detail.line && sights(detail, facts),
    detail.line && costs(detail.line),
    rejected(detail),
    samples(detail),
    folded('reasoning', 'Reasoning', detail.line?.reasoning ? el('pre', {}, detail.line.reasoning) : null, open),
    folded('prompt', 'Prompt', prompt(detail.prompt), open),
  );
}

function answer({ line, action }: DecisionDetail, facts: EpisodeFacts): Child {
  if (line === null) return null;
  const { raw, parse, fallback, origin, attempts, reward } = line;
  const how = fallback
    ? `not usable (${fallback}), so the game’s fallback was done`
    : origin
      ? {
          held: 'the action before goes on',
          planned: 'planned by an earlier answer',
          waiting: 'the policy still thought',
        }[origin]
      : attempts > 1
        ? `asked ${attempts} times`
        : null;
  return el(
    'dl',
    { class: 'facts' },
    row('Done', el('strong', {}, action ?? '–'), how && el('span', { class: 'muted' }, ` ${how}`)),
    row('Reward', format.score(reward)),
    raw !== null && row('Answer', el('code', {}, raw)),
    parse &&
      row(
        'Read as',
        parse.ok ? `${facts.actions[parse.action] ?? parse.action} (${parse.form})` : `nothing: ${parse.reason}`,
      ),
    (line.terminated || line.truncated) && row('Then', line.terminated ? 'the game ended' : 'the game was cut off'),
  );
}

const row = (name: string, ...value: Child[]): Child => [el('dt', {}, name), el('dd', {}, ...value)];

function bars({ scores, line }: DecisionDetail, facts: EpisodeFacts): Child {
  if (scores === null) return null;
  const { kind, numbers } = scores;
  const [low, high] = [Math.min(0, ...numbers), Math.max(...numbers)];
  return el(
    'div',
    { class: 'block' },
    el('h4', {}, kind === 'chances' ? 'Chance of each action' : 'Expected return of each action'),
    el(
      'ul',
      { class: 'bars' },
      numbers.map((number, index) => {
        const share = kind === 'chances' ? number : (number - low) / (high - low || 1);
        const bar = el('span', { class: 'bar', 'aria-hidden': 'true' }, el('span'));
        (bar.firstChild as HTMLElement).style.width = `${100 * share}%`;
        const value =
          kind === 'chances'
            ? `${(100 * number).toFixed(number < 0.001 && number > 0 ? 2 : 1)} %`
            : format.score(number);
        const isDone = line?.executed === index;
        return el(
          'li',
          { class: isDone ? 'done' : '' },
          el(
            'span',
            { class: 'name' },
            facts.actions[index] ?? `action ${index}`,
            isDone && el('span', { class: 'hidden' }, ' (done)'),
          ),
          bar,
          el('span', { class: 'value' }, value),
        );
      }),
    ),
  );
}

function sights({ sights: said }: DecisionDetail, facts: EpisodeFacts): Child {
  const words = (place: number): string => {
    const { marks, name } = facts.sights[place] as EpisodeFacts['sights'][number];
    const number = said[place];
    if (number === null || number === undefined) return 'not said';
    if (!marks) return String(number);
    return number === 0 ? `no ${name}` : `${marks} ${number}`;
  };
  return el(
    'div',
    { class: 'block' },
    el('h4', {}, 'It says it sees'),
    el(
      'ul',
      { class: 'sights' },
      facts.sights.map(({ name }, index) =>
        el(
          'li',
          {},
          el('span', { class: `key sight-${index % 6}`, 'aria-hidden': 'true' }),
          `${name}: ${words(index)}`,
        ),
      ),
    ),
  );
}

function costs({ policyMs, emulatorMs, usage, service }: NonNullable<DecisionDetail['line']>): Child {
  const tokens = [
    usage?.promptTokens !== undefined && `${usage.promptTokens} of the prompt`,
    usage?.cachedTokens !== undefined && `${usage.cachedTokens} of them kept`,
    usage?.answerTokens !== undefined && `${usage.answerTokens} answered`,
    usage?.reasoningTokens !== undefined && `${usage.reasoningTokens} of them reasoning`,
  ].filter(Boolean);
  return el(
    'dl',
    { class: 'facts small' },
    row('Time', `${format.milliseconds(policyMs)} policy, ${format.milliseconds(emulatorMs)} emulator`),
    tokens.length > 0 && row('Tokens', tokens.join(', ')),
    service &&
      row(
        'Service',
        `${service.model ?? ''} ${format.milliseconds(service.latencyMs)}, ${format.dollars(service.cost)}${service.isCached ? ', out of the cache' : ''}${service.failed.length > 0 ? `, ${service.failed.length} failed requests` : ''}`,
      ),
  );
}

function rejected({ line }: DecisionDetail): Child {
  if (!line || line.rejected.length === 0) return null;
  return el(
    'div',
    { class: 'block' },
    el('h4', {}, 'Answers that could not be used'),
    el(
      'ul',
      {},
      line.rejected.map((one) =>
        el('li', {}, `${one.reason}: `, el('code', {}, 'raw' in one ? one.raw : one.error.message)),
      ),
    ),
  );
}

function samples({ line }: DecisionDetail): Child {
  if (!line?.samples) return null;
  return el(
    'div',
    { class: 'block' },
    el('h4', {}, 'Answers drawn'),
    el(
      'ul',
      {},
      line.samples.map(({ raw }) => el('li', {}, el('code', {}, raw))),
    ),
  );
}

function prompt(messages: readonly PromptMessage[] | null): Child {
  if (messages === null) return null;
  return messages.map(({ role, parts }) =>
    el(
      'div',
      { class: 'message' },
      messages.length > 1 && el('p', { class: 'kind' }, role),
      el(
        'pre',
        {},
        parts.map((part) =>
          'text' in part
            ? part.text
            : el(
                'span',
                { class: 'slot' },
                part.picture === null ? '[an earlier picture]' : `[picture ${part.picture + 1}]`,
              ),
        ),
      ),
    ),
  );
}

/** Stays as the reader left it from decision to decision. */
function folded(name: string, title: string, content: Child, open: ReadonlySet<string | null>): Child {
  if (content === null || content === undefined || content === false) return null;
  return el('details', { 'data-name': name, open: open.has(name) }, el('summary', {}, title), content);
}
