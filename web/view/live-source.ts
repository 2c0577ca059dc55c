/** Episodes out of the server. Every address is relative, because the first part of the path is the secret. */
import type { Answered, ListPage } from '../../src/view/protocol.js';
import { type ListQuestion, PART, type Server, type Source, type Stop } from './source.js';

/** A refusal, in the server's words. */
export class ServerError extends Error {}

async function get<T>(path: string): Promise<T> {
  return (await answered(await fetch(path))).json() as Promise<T>;
}

async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as { error?: { message?: string; next?: string } };
  const { message = `the server answered ${response.status}`, next } = told.error ?? {};
  throw new ServerError(next === undefined ? message : `${message}: ${next}`);
}

function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }).then(answered);
}

/** The browser asks again by itself where the connection breaks off. */
function events<T>(path: string, told: (value: T) => void, refused: () => void = () => {}): Stop {
  const stream = new EventSource(path);
  stream.onmessage = ({ data }) => told(JSON.parse(data as string) as T);
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) refused();
  };
  return () => stream.close();
}

const of = (id: string, what: string): string => `api/episodes/${encodeURIComponent(id)}/${what}`;

/** What is not known yet of a part. */
const rest = (part: number, known: number): string => `from=${part * PART + known}&count=${PART - known}`;

const server: Server = {
  ask: async (id, step, question) => (await post(of(id, 'ask'), { step, question })).json() as Promise<Answered>,
  live: async () => (await get<{ id: string | null }>('api/live')).id,
  livePicture: async (id) => (await answered(await fetch(of(id, 'live')))).blob(),
  sit: (told, refused) => events('api/seat', told, refused),
  say: async (word) => void (await post('api/seat', word)),
};

export const liveSource: Source = {
  list: ({ words, evaluation, sort, from }: ListQuestion) =>
    get<ListPage>(`api/episodes?${new URLSearchParams({ words, evaluation, sort, from: String(from) })}`),
  facts: (id) => get(`api/episodes/${encodeURIComponent(id)}`),
  series: (id, from) => get(of(id, `series?from=${from}`)),
  decisions: (id, part, known) => get(of(id, `decisions?${rest(part, known)}`)),
  pictures: async (id, part, known) => {
    const response = await answered(await fetch(of(id, `pictures?${rest(part, known)}`)));
    return new Uint8Array(await response.arrayBuffer());
  },
  follow: (id, told) => {
    const stop = events<Parameters<typeof told>[0]>(of(id, 'progress'), (progress) => {
      told(progress);
      // Asked again, the server would begin anew.
      if (progress.isRead && progress.isReplayed) stop();
    });
    return stop;
  },
  server,
};

/** Told to the server as long as the page is open, and to the person when the server is gone. */
export function stayHere(onServer: (isThere: boolean) => void): void {
  const stream = new EventSource('api/here');
  stream.onopen = () => onServer(true);
  stream.onerror = () => onServer(false);
}
