/**
 * PAE-LaMM and what it is held against: `frozen` had the same tasks, but its vision encoder never learnt; `plain` was
 * asked for no pixel either. Policies and shipped players are called so.
 */
export const PAPER_MODELS = ['pae-lamm', 'frozen', 'plain'] as const;
export type PaperModel = (typeof PAPER_MODELS)[number];
