/** A part of the list, as the page asks for it. */
import { z } from 'zod';
import { fittingRows } from './list-order.js';
import { type ListPage, SORTS } from './protocol.js';
import type { Found } from './run-list.js';

const MOST_ROWS = 500;

/** The question, as it comes in an address. */
export const listQuestion = z.object({
  words: z.string().max(200).default(''),
  evaluation: z.string().max(64).default(''),
  sort: z.enum(SORTS).default('newest'),
  from: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(MOST_ROWS).default(100),
});

export type ListQuestion = z.output<typeof listQuestion>;

/** The rows that fit, from the one on that is asked for. */
export function listPage(found: Found, question: ListQuestion, canPlay: boolean): ListPage {
  const { from, count } = question;
  const fits = fittingRows(found.rows, question);
  const { evaluations } = found;
  return { rows: fits.slice(from, from + count), total: fits.length, from, evaluations, canPlay };
}
