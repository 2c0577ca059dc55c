/** The page of a person who plays. */
import { Hono } from 'hono';
import { z } from 'zod';
import { AgentError } from '../core/index.js';
import type { Seat } from './seat.js';
import type { Watching } from './watching.js';

const wordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['start', 'pause', 'leave']) }),
  z.strictObject({ kind: z.literal('action'), action: z.int().min(0), order: z.int().min(0) }),
]);

export function seatRoutes(seat: Seat, watching: Watching): Hono {
  const routes = new Hono();
  routes.get('/', (context) => {
    seat.sit(true);
    return watching.stream(context, () => seat.state, { lookMs: 5, onEnd: () => seat.sit(false) });
  });
  routes.post('/', async (context) => {
    const word = wordSchema.safeParse(await context.req.json().catch(() => null));
    if (!word.success) throw new AgentError('usage', 'this is no word of a player', { got: 'something else' });
    seat.hear(word.data);
    return context.json({});
  });
  return routes;
}
