/** What is asked of one episode: facts, numbers, decisions, pictures, progress, and questions to a model. */
import { Hono } from 'hono';
import { z } from 'zod';
import { AgentError } from '../core/index.js';
import type { Asker } from './asker.js';
import { factsOf } from './episode-facts.js';
import type { OpenEpisode } from './open-episode.js';
import type { OpenedEpisodes } from './opened-episodes.js';
import { readBlock } from './picture-blocks.js';
import type { RunList } from './run-list.js';
import type { Watching } from './watching.js';

export interface EpisodeRouteOptions {
  readonly list: RunList;
  readonly opened: OpenedEpisodes;
  readonly watching: Watching;
  readonly asker: Asker | undefined;
}

const part = z.object({
  from: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(256).default(64),
});

/**
 * News of a game that is being played come this often. Each costs the browser some milliseconds of the machine that
 * plays the game, and four pictures a second are enough to follow it.
 */
const FOLLOWED_LOOK_MS = 250;

const askedSchema = z.strictObject({
  step: z.int().min(0),
  question: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('words'), text: z.string().min(1).max(4000) }),
    z.strictObject({ kind: z.literal('pixel'), row: z.int().min(0), column: z.int().min(0) }),
    z.strictObject({ kind: z.literal('mask'), text: z.string().min(1).max(400) }),
  ]),
});

export function episodeRoutes({ list, opened, watching, asker }: EpisodeRouteOptions): Hono {
  const routes = new Hono();
  const episodeOf = async (id: string): Promise<OpenEpisode> => {
    // A link may be opened before anybody asked for the list.
    if (list.folderOf(id) === undefined) await list.look();
    const folder = list.folderOf(id);
    if (folder !== undefined) return opened.of(folder);
    throw new AgentError('usage', 'there is no such episode here', {
      expected: 'an episode below the folders that agent view was given',
      next: 'go back to the list',
    });
  };
  const idOf = (path: string): string => path.split('/')[4] ?? '';
  routes.get('/', async (context) => {
    const id = idOf(context.req.path);
    const episode = await episodeOf(id);
    const row = (await list.look()).rows.find((one) => one.id === id);
    return context.json(factsOf(episode, row, asker?.facts ?? null));
  });
  routes.get('/series', async (context) => {
    const { from } = part.parse(context.req.query());
    return context.json((await episodeOf(idOf(context.req.path))).series(from));
  });
  routes.get('/decisions', async (context) => {
    const { from, count } = part.parse(context.req.query());
    return context.json(await (await episodeOf(idOf(context.req.path))).decisions(from, count));
  });
  routes.get('/pictures', async (context) => {
    const { from, count } = part.parse(context.req.query());
    const bytes = await (await episodeOf(idOf(context.req.path))).pictures(from, count);
    return context.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream' });
  });
  routes.get('/live', async (context) => {
    const png = await (await episodeOf(idOf(context.req.path))).live();
    if (png === null) throw new AgentError('usage', 'there is no picture of a game that is being played');
    return context.body(new Uint8Array(png), 200, { 'content-type': 'image/png' });
  });
  routes.get('/progress', async (context) => {
    const episode = await episodeOf(idOf(context.req.path));
    return watching.stream(context, () => episode.progress, {
      isLast: ({ isRead, isReplayed }) => isRead && isReplayed,
      ...(episode.isFollowed && { lookMs: FOLLOWED_LOOK_MS }),
      onEnd: episode.look(),
    });
  });
  routes.post('/ask', async (context) => {
    if (asker === undefined)
      throw new AgentError('usage', 'no model can be asked here', { next: 'agent view --model' });
    const asked = askedSchema.safeParse(await context.req.json().catch(() => null));
    if (!asked.success)
      throw new AgentError('usage', 'this is no question', { got: `${asked.error.issues[0]?.message}` });
    const episode = await episodeOf(idOf(context.req.path));
    const block = await episode.pictures(asked.data.step, 1);
    const given = block.byteLength === 0 ? [] : readBlock(block).given;
    if (given.length === 0) {
      throw new AgentError('usage', 'the pictures of this decision are not there yet', { next: 'wait a moment' });
    }
    return context.json(await asker.ask(given, asked.data.question));
  });
  return routes;
}
