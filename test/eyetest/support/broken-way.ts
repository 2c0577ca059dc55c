/** A way to a service of a model on which requests fail, answers are lost, and somebody interrupts. */
import type { ServerResponse } from 'node:http';
import { chat, type Service, sendJson, startService } from '../../players/http/support/services.js';

/** What happens to a question before its answer comes through: nothing, or one thing after the other. */
const FATES: readonly (readonly Fate[])[] = [
  [],
  ['busy'],
  ['down', 'reset'],
  ['empty'],
  [],
  ['interrupted'],
  ['cut off'],
];

type Fate = 'busy' | 'down' | 'reset' | 'empty' | 'interrupted' | 'cut off';

export interface BrokenWay extends Service {
  /** How often a question got an answer, even an empty one, by its request. */
  readonly answered: ReadonlyMap<string, number>;
  /** Ways in which requests were broken, as often as they were. */
  readonly broken: readonly Fate[];
}

/**
 * @param to address of the service behind it
 * @param interrupt called while a question waits for an answer that never comes
 */
export async function brokenWay(to: string, interrupt: () => void): Promise<BrokenWay> {
  const left = new Map<string, Fate[]>();
  const answered = new Map<string, number>();
  const broken: Fate[] = [];
  const service = await startService((response, body) => {
    const question = JSON.stringify(body);
    if (!left.has(question)) left.set(question, [...(FATES[left.size % FATES.length] as readonly Fate[])]);
    const fate = left.get(question)?.shift();
    if (fate) broken.push(fate);
    if (fate === undefined || fate === 'empty') answered.set(question, (answered.get(question) ?? 0) + 1);
    if (fate === undefined) void forward(`${to}/chat/completions`, question, response);
    else if (fate === 'interrupted') interrupt();
    else BREAKS[fate](response);
  });
  return Object.assign(service, { answered, broken });
}

const RETRY_AT_ONCE = { 'retry-after-ms': '1' };

const BREAKS: Readonly<Record<Exclude<Fate, 'interrupted'>, (response: ServerResponse) => void>> = {
  busy: (response) => sendJson(response, { error: { message: 'slow down' } }, 429, RETRY_AT_ONCE),
  down: (response) => sendJson(response, { error: { message: 'loading' } }, 503, RETRY_AT_ONCE),
  reset: (response) => void response.socket?.resetAndDestroy(),
  empty: (response) => sendJson(response, chat({}, {}, { choices: [] })),
  'cut off': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":"a","choi', () => response.socket?.resetAndDestroy());
  },
};

async function forward(url: string, body: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  sendJson(response, await answer.text(), answer.status);
}
