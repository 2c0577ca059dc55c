/**
 * How sequences lie in a batch: which token is where, at which position, and who sees whom. A row is a prompt and any
 * number of branches that each continue the prompt and do not see one another, so that many answers (or many pixel
 * queries) are computed behind one prompt in one pass. Shorter rows are filled up at their end.
 */

/** One row: a prompt, and the continuations that are computed behind it. */
export interface SequenceRow {
  /** Token ids after the cached prefix; at least one. A picture is its image token, once for each feature. */
  readonly prompt: readonly number[];
  readonly branches: readonly (readonly number[])[];
}

/** A batch of rows, each `width` tokens long, behind a prefix of `past` tokens that all rows share. */
export interface BatchLayout {
  readonly batch: number;
  readonly width: number;
  readonly past: number;
  /** Token ids, [batch · width]; 0 where a row is filled up. */
  readonly ids: Int32Array;
  /** Positions for the rotary embedding, [batch · width]; branches count on from the end of the prompt. */
  readonly positions: Int32Array;
  /** Whether rows differ in who sees whom; if not, one mask serves all. */
  readonly uniform: boolean;
  /** Added to attention scores: 0 or `HIDDEN`, [uniform ? 1 : batch, 1, width, past + width]; null if all is seen. */
  readonly mask: Float32Array | null;
  /** Flat index of each row's last prompt token. */
  readonly promptEnd: readonly number[];
  /** Flat index of the first token of each row's branches. */
  readonly branchStart: readonly (readonly number[])[];
}

/** What is added to the score of a pair that must not see each other: its softmax weight is exactly 0 in float32. */
export const HIDDEN = -1e9;

/** Lays rows out behind a shared prefix of `past` tokens. */
export function layOut(rows: readonly SequenceRow[], past = 0): BatchLayout {
  const width = Math.max(...rows.map(rowLength));
  const ids = new Int32Array(rows.length * width);
  const positions = new Int32Array(rows.length * width);
  const promptEnd: number[] = [];
  const branchStart: number[][] = [];
  rows.forEach(({ prompt, branches }, row) => {
    let at = row * width;
    const place = (tokens: readonly number[], position: number): void => {
      tokens.forEach((token, i) => {
        ids[at] = token;
        positions[at++] = position + i;
      });
    };
    place(prompt, past);
    promptEnd.push(at - 1);
    branchStart.push(
      branches.map((branch) => {
        const start = at;
        place(branch, past + prompt.length);
        return start;
      }),
    );
  });
  const uniform = new Set(rows.map(signature)).size === 1;
  const mask = maskOf(uniform ? rows.slice(0, 1) : rows, width, past);
  return { batch: rows.length, width, past, ids, positions, uniform, mask, promptEnd, branchStart };
}

/** Tokens that a row takes. */
export function rowLength({ prompt, branches }: SequenceRow): number {
  return branches.reduce((sum, branch) => sum + branch.length, prompt.length);
}

/** Rows of equal signature have the same mask. */
function signature({ prompt, branches }: SequenceRow): string {
  return [prompt.length, ...branches.map((branch) => branch.length)].join(',');
}

function maskOf(rows: readonly SequenceRow[], width: number, past: number): Float32Array | null {
  if (width === 1) return null;
  const keys = past + width;
  const mask = new Float32Array(rows.length * width * keys);
  rows.forEach((row, index) => {
    const start = index * width * keys;
    for (let query = 0; query < width; query++)
      mask.fill(HIDDEN, start + query * keys + past, start + (query + 1) * keys);
    const show = (query: number, from: number, to: number): void => {
      mask.fill(0, start + query * keys + past + from, start + query * keys + past + to);
    };
    const { prompt, branches } = row;
    for (let query = 0; query < prompt.length; query++) show(query, 0, query + 1);
    let at = prompt.length;
    for (const branch of branches) {
      for (let i = 0; i < branch.length; i++) {
        show(at + i, 0, prompt.length);
        show(at + i, at, at + i + 1);
      }
      at += branch.length;
    }
    // A filled-up place sees itself: a softmax over nothing would be undefined.
    for (; at < width; at++) show(at, at, at + 1);
  });
  return mask;
}
