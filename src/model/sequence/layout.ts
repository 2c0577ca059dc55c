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
  /** Position of the first token of each branch; left out: they count on from the end of the prompt. */
  readonly branchPosition?: number | undefined;
}

/** A batch of rows, each `width` tokens long, behind a prefix of `past` tokens that all rows share. */
export interface BatchLayout {
  readonly batch: number;
  readonly width: number;
  readonly past: number;
  /** Token ids, [batch · width]; 0 where a row is filled up. */
  readonly ids: Int32Array;
  /** Positions for the rotary embedding, [batch · width]. */
  readonly positions: Int32Array;
  readonly visibility: Visibility;
  /** Positions of the past, [batch · past]; without it they count from 0. */
  readonly pastPositions?: Int32Array;
  /** Flat index of each row's last prompt token. */
  readonly promptEnd: readonly number[];
  /** Flat index of the first token of each row's branches. */
  readonly branchStart: readonly (readonly number[])[];
}

/**
 * Who sees whom among the tokens of a batch. `dense`: every pair has its entry. `packed`: all rows have a prompt and
 * branches of the same lengths, so that a branch needs no entries for the branches that it does not see; the work grows
 * with width · (prompt + length) rather than with width².
 */
export type Visibility =
  | {
      readonly kind: 'dense';
      /** 1 where one mask serves all rows. */
      readonly rows: number;
      /** Added to attention scores: 0 or `HIDDEN`, [rows, 1, width, past + width]; null where all is seen. */
      readonly mask: Float32Array | null;
    }
  | {
      readonly kind: 'packed';
      /** Tokens of the prompt, branches behind it, and tokens of each branch. */
      readonly prompt: number;
      readonly branches: number;
      readonly length: number;
    };

/** What is added to the score of a pair that must not see each other: its softmax weight is exactly 0 in float32. */
export const HIDDEN = -1e9;
/** Below this, the entries that packing saves cost less than the operations that it takes. */
const MIN_PACKED = 8;

/**
 * Lays rows out behind a shared prefix of `past` tokens.
 * @param multiple what the width is rounded up to a multiple of, so that few widths occur; packed rows stay so.
 */
export function layOut(rows: readonly SequenceRow[], past = 0, multiple = 1): BatchLayout {
  const packed = packedVisibility(rows);
  const longest = Math.max(...rows.map(rowLength));
  const width = packed ? longest : Math.ceil(longest / multiple) * multiple;
  const ids = new Int32Array(rows.length * width);
  const positions = new Int32Array(rows.length * width);
  const promptEnd: number[] = [];
  const branchStart: number[][] = [];
  rows.forEach(({ prompt, branches, branchPosition }, row) => {
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
        place(branch, branchPosition ?? past + prompt.length);
        return start;
      }),
    );
  });
  return {
    ...{ batch: rows.length, width, past, ids, positions, promptEnd, branchStart },
    visibility: packed ?? denseVisibility(rows, width, past),
  };
}

/** Tokens that a row takes. */
export function rowLength({ prompt, branches }: SequenceRow): number {
  return branches.reduce((sum, branch) => sum + branch.length, prompt.length);
}

function isUniform(rows: readonly SequenceRow[]): boolean {
  return new Set(rows.map(signature)).size === 1;
}

function packedVisibility(rows: readonly SequenceRow[]): Visibility | undefined {
  const [{ prompt, branches }] = rows as [SequenceRow];
  const length = branches[0]?.length ?? 0;
  const isPacked = length > 0 && branches.every((branch) => branch.length === length) && isUniform(rows);
  if (!isPacked || branches.length < MIN_PACKED) return undefined;
  return { kind: 'packed', prompt: prompt.length, branches: branches.length, length };
}

function denseVisibility(rows: readonly SequenceRow[], width: number, past: number): Visibility {
  const own = isUniform(rows) ? rows.slice(0, 1) : rows;
  return { kind: 'dense', rows: own.length, mask: denseMask(own, width, past) };
}

/** Rows of equal signature have the same mask. */
function signature({ prompt, branches }: SequenceRow): string {
  return [prompt.length, ...branches.map((branch) => branch.length)].join(',');
}

/** A mask by which each of `tokens` sees the keys up to itself, `before` of which lie before them all. */
export function causalMask(tokens: number, before: number): Float32Array {
  const keys = before + tokens;
  const mask = new Float32Array(tokens * keys);
  for (let query = 0; query < tokens; query++) mask.fill(HIDDEN, query * keys + before + query + 1, (query + 1) * keys);
  return mask;
}

/** The mask of rows whatever their lengths, [rows, width, past + width]; null where all is seen. */
export function denseMask(rows: readonly SequenceRow[], width: number, past: number): Float32Array | null {
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
