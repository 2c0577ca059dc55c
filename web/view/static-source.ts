/** Episodes out of the scripts of an export: they work where a page was opened as a file, and nothing else does. */
import { fittingRows } from '../../src/view/list-order.js';
import {
  type DecisionDetail,
  type EpisodeFacts,
  type EpisodeRow,
  type EvaluationRow,
  type Progress,
  type Series,
  SORTS,
} from '../../src/view/protocol.js';
import { PART, type Source } from './source.js';

/** Decisions in a script of `agent view --export`. */
const EXPORT_PART = 64;

interface Episode {
  readonly facts: EpisodeFacts;
  readonly series: Series;
  readonly progress: Progress;
}
interface Part {
  readonly decisions: readonly DecisionDetail[];
  readonly pictures: string;
}
interface List {
  readonly rows: readonly EpisodeRow[];
  readonly evaluations: readonly EvaluationRow[];
}

/** What the scripts have put down so far, by name. */
const exported = (): Record<string, unknown> | undefined =>
  (globalThis as { exported?: Record<string, unknown> }).exported;

/** Whether this page is an export. */
export const isExport = (): boolean => exported()?.list !== undefined;

const loading = new Map<string, Promise<unknown>>();

function load<T>(path: string, name: string): Promise<T> {
  const known = loading.get(name) ?? loadScript(path).then(() => exported()?.[name]);
  loading.set(name, known);
  return known as Promise<T>;
}

function loadScript(path: string): Promise<void> {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = path;
    script.onload = () => done();
    script.onerror = () => failed(new Error(`a file of the export is missing: ${path}`));
    document.head.append(script);
  });
}

const episode = (id: string): Promise<Episode> => load(`episodes/${id}/episode.js`, `episode/${id}`);

/** The last few parts only: pictures of a long episode would fill the memory. */
const PARTS_KEPT = 12;
const kept: string[] = [];

async function partOf(id: string, part: number): Promise<Part> {
  const number = Math.floor((part * PART) / EXPORT_PART);
  // Of a record that cannot be read there are fewer lines than its manifest promises, or none.
  const { progress } = await episode(id);
  if (number * EXPORT_PART >= progress.lines) return { decisions: [], pictures: '' };
  const name = `part/${id}/${number}`;
  if (!kept.includes(name)) kept.push(name);
  for (const old of kept.splice(0, Math.max(0, kept.length - PARTS_KEPT))) {
    loading.delete(old);
    delete exported()?.[old];
  }
  return load(`episodes/${id}/part-${number}.js`, name);
}

const placeIn = (part: number): number => (part * PART) % EXPORT_PART;

export const staticSource: Source = {
  list: async ({ words, evaluation, sort }) => {
    const { rows, evaluations } = (exported() as { list: List }).list;
    const fits = fittingRows(rows, { words, evaluation, sort: SORTS.find((one) => one === sort) ?? 'newest' });
    return { rows: fits, total: fits.length, from: 0, evaluations, canPlay: false };
  },
  facts: async (id) => (await episode(id)).facts,
  series: async (id, from) => {
    const { series } = await episode(id);
    const rest = Object.entries(series).map(([name, values]) => [
      name,
      Array.isArray(values) ? values.slice(from) : from,
    ]);
    return Object.fromEntries(rest) as Series;
  },
  decisions: async (id, part, known) => {
    const { decisions } = await partOf(id, part);
    return decisions.slice(placeIn(part) + known, placeIn(part) + PART);
  },
  pictures: async (id, part, known) => {
    const { pictures } = await partOf(id, part);
    const bytes = Uint8Array.from(atob(pictures), (sign) => sign.charCodeAt(0));
    return blocksOf(bytes, placeIn(part) + known, PART - known);
  },
  follow: (id, told) => {
    episode(id).then(({ progress }) => told(progress));
    return () => {};
  },
  server: null,
};

/** So many blocks from the `from`-th on. */
function blocksOf(bytes: Uint8Array, from: number, count: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const skip = (start: number, blocks: number): number => {
    let at = start;
    for (let block = 0; block < blocks && at < bytes.byteLength; block++) {
      const pictures = view.getUint16(at, true) + view.getUint16(at + 2, true);
      at += 4;
      for (let picture = 0; picture < pictures; picture++) at += 4 + view.getUint32(at, true);
    }
    return at;
  };
  const start = skip(0, from);
  return bytes.subarray(start, skip(start, count));
}
